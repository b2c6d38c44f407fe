# SPDX-License-Identifier: Apache-2.0
"""The real Internet through the gate: the npm registry over TLS, with its real certificates, and Debian's mirror."""
import unittest
from lab.case import Case

APT = """rm -rf /tmp/apt; mkdir -p /tmp/apt/lists/partial /tmp/apt/cache/archives/partial; cd /tmp/apt; touch status
echo 'deb [check-valid-until=no] http://deb.debian.org/debian bookworm-updates main' > list
o='-o Dir::Etc::SourceList=/tmp/apt/list -o Dir::Etc::SourceParts=- -o Dir::State=/tmp/apt -o Dir::State::status=/tmp/apt/status
 -o Dir::Cache=/tmp/apt/cache -o APT::Sandbox::User= -o Acquire::Retries=2'
apt-get -q $o update && ls lists"""


class Real(unittest.TestCase):
    def setUp(self):
        self.lab = Case.lab
        self.person = self.lab.another_person(network=False)
        self.person.image()

    def test_packages_come_from_the_real_registries_and_nothing_from_elsewhere(self):
        inside = self.person.sandbox(["registry.npmjs.org:443", "deb.debian.org:80"], dns=None)
        told = inside.run(argv=["sh", "-c", "cd /tmp && npm view is-number@7.0.0 dist.integrity && npm pack --silent is-number@7.0.0"],
                          env={"npm_config_cache": "/tmp/npm"}, seconds=100)
        self.assertEqual(told["status"], 0, told)
        self.assertIn("is-number-7.0.0.tgz", told["out"])
        told = inside.run(argv=["curl", "-sSfI", "https://registry.npmjs.org/is-number"])
        self.assertEqual(told["status"], 0, told)
        told = inside.run(argv=["sh", "-c", APT], seconds=100)
        self.assertEqual(told["status"], 0, told)
        self.assertIn("deb.debian.org_debian_dists_bookworm-updates", told["out"])
        for url in ("https://deb.debian.org/", "http://registry.npmjs.org/", "https://example.com/"):
            self.assertNotEqual(inside.run(argv=["curl", "-sSf", "-m", "10", url])["status"], 0, url)
