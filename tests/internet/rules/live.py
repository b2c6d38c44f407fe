# SPDX-License-Identifier: Apache-2.0
"""`isag net`: what is allowed and denied while a sandbox runs, and what it says of it."""
import json
import os
import signal
import time
from lab.case import Case
from lab.engine import addresses_of, docker
from lab.internet import EVIL


class Live(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("good.example", "www.good.example")
        self.name = self.inside.name

    def net_(self, *words, **more):
        return self.person.isag("net", *words, **more)

    def works(self, host, port=7000):
        return "hello" in self.inside.talk(host=host, port=port, until="hello", seconds=5)["got"]

    def test_allow_works_for_the_next_connection_and_deny_cuts_open_ones(self):
        self.assertFalse(self.works("evil.example"))
        self.net_("allow", "evil.example", self.name)
        self.assertTrue(self.works("evil.example"))
        self.assertTrue(self.net.plain.log(kind="accept", to=EVIL))
        self.inside.talk(host="evil.example", port=7000, until="hello", hold="cut")
        self.inside.talk(host="good.example", port=7000, until="hello", hold="stays")
        self.net_("deny", "evil.example", self.name)
        told = self.inside.held(name="cut", send="still?\n", seconds=5)
        self.assertTrue(told["closed"] or told["error"] in ("ECONNRESET", "EPIPE"), told)
        told = self.inside.held(name="stays", send="here\n")
        self.assertIn("here", told["got"], told)
        self.net.forget()
        self.assertFalse(self.works("evil.example"))
        self.nothing_left()
        self.assertEqual(self.net.plain.log(kind="accept"), [])

    def test_a_rule_of_the_file_can_be_denied_and_allowed_again(self):
        self.assertTrue(self.works("www.good.example"))
        self.net_("deny", "www.good.example", self.name)
        self.assertFalse(self.works("www.good.example"))
        self.assertTrue(self.works("good.example"))
        self.net_("allow", "www.good.example", self.name)
        self.assertTrue(self.works("www.good.example"))

    def test_allow_with_a_port_is_for_that_port(self):
        self.net_("allow", "port.evil.example:7000", self.name)
        self.assertTrue(self.works("port.evil.example"))
        self.refused(self.inside.talk(host="port.evil.example", port=80))
        self.assertEqual(self.net.web.log(kind="accept"), [])

    def test_allow_for_some_seconds_ends_by_itself_and_cuts(self):
        self.net_("allow", "short.evil.example", "--for", "2s", self.name)
        self.assertTrue(self.works("short.evil.example"))
        self.inside.talk(host="short.evil.example", port=7000, until="hello", hold="short")
        begin = time.monotonic()
        told = self.inside.held(name="short", seconds=10)
        self.assertTrue(told["closed"] or told["error"] == "ECONNRESET", told)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertFalse(self.works("short.evil.example"))

    def test_save_writes_it_to_the_file_and_keeps_the_comments(self):
        inside = self.person.sandbox(["good.example"], more="# a comment that stays\n")
        self.net_("allow", "saved.evil.example:443", "--save", inside.name)
        with open(f"{self.person.project}/{inside.name}.yaml", encoding="utf-8") as file:
            text = file.read()
        self.assertIn("saved.evil.example:443", text)
        self.assertIn("# a comment that stays", text)
        self.assertIsNone(inside.dns(name="saved.evil.example")["error"])
        self.assertTrue(inside.dns(name="saved.evil.example")["answers"])

    def test_wildcards_that_would_allow_strangers_are_refused_here_too(self):
        for rule in ("*.com", "*.github.io", "10.0.0.1", "a b", "\x1b[31m.example"):
            told = self.net_("allow", rule, self.name, check=False)
            self.assertNotEqual(told.returncode, 0, rule)
            self.assertNotIn("\x1b", told.stderr)

    def test_check_says_what_would_happen_and_which_rule_decides(self):
        told = self.net_("check", "good.example:443", self.name)
        self.assertIn("good.example", told.stdout)
        self.assertNotEqual(self.net_("check", "other.evil.example", self.name, check=False).stdout, told.stdout)

    def test_show_tells_rules_names_and_the_ruleset(self):
        self.assertTrue(self.works("good.example"))
        shown = json.loads(self.net_("show", self.name, "--json").stdout)
        text = json.dumps(shown)
        for word in ("good.example", "198.18.", "198.51.100.53"):
            self.assertIn(word, text)
        self.assertIn("good.example", self.net_("show", self.name).stdout)

    def test_fifty_changes_in_a_row_all_hold(self):
        for number in range(50):
            self.net_("allow", f"n{number}.evil.example", self.name)
        self.assertTrue(all(self.works(f"n{number}.evil.example") for number in range(50)))


class Open(Case):
    def test_without_a_limit_names_and_addresses_are_the_real_ones(self):
        inside = self.lab.sandbox(limit=False)
        self.assertEqual(self.beside.resolve(name="evil.example")["addresses"], [EVIL])
        # The engine's resolver asks the host's, which is not in this internet: the query arrives at the sinkhole.
        inside.dns(name="evil.example", seconds=1)
        self.assertIn("hello", inside.talk(host=EVIL, port=7000, until="hello")["got"])
        inside.talk(host="8.8.8.8", port=443, seconds=1)
        self.assertTrue(self.net.sinkhole.log(to="8.8.8.8", port=443))

    def test_learn_lets_public_names_through_and_lists_them(self):
        assert self.lab.image
        self.net.dns.ask("zone", names={"lan2.evil.example": {"A": ["10.1.2.3"]}})
        inside = self.person.sandbox(["good.example"], options=["--learn"])
        self.assertIn("hello", inside.talk(host="learned.evil.example", port=7000, until="hello")["got"])
        self.assertIn("at " + EVIL, inside.tls(host="evil.example")["got"])
        self.net.forget()
        self.refused(inside.talk(host="lan2.evil.example", port=80))
        self.refused(inside.talk(host="10.1.2.3", port=80))
        self.assertEqual(self.net.sinkhole.log(), [])
        self.assertEqual(inside.end(), 0)
        said = inside.said()
        for word in ("    - learned.evil.example:7000\n", "    - evil.example\n"):
            self.assertIn(word, said)

    def learn_detached(self, name):
        """A sandbox that nobody looks at has learned a name, and ends once there is a file of its name."""
        config = f"{self.person.project}/{name}.yaml"
        self.person.write(config, self.person.yaml(["good.example"]))
        go = ("import sys, os, time; sys.path.insert(0, 'rig'); import tries\n"
              f"tries.talk('{name}.evil.example', 7000, until='hello')\nopen('{name}.learned', 'w').close()\n"
              f"while not os.path.exists('{name}.end'): time.sleep(0.02)")
        self.person.isag("run", "-d", "--learn", "--save", "-c", config, "--name", name, "--", "python3", "-c", go)
        self.eventually(lambda: os.path.exists(f"{self.person.project}/{name}.learned"), "it has learned")
        time.sleep(0.5)  # the gate has told this isagd
        self.person.end_daemon(signal.SIGKILL)
        return config

    def saved(self, config, name):
        with open(config, encoding="utf-8") as file:
            return f"{name}.evil.example:7000" in file.read()

    def test_what_was_learned_outlives_isagd(self):
        assert self.lab.image
        config = self.learn_detached("before")
        self.person.isag("ps")  # starts the next one
        self.person.write(f"{self.person.project}/before.end", "")
        self.eventually(lambda: self.saved(config, "before"), "what the isagd before was told is saved")

    def test_what_was_learned_is_saved_where_the_sandbox_ended_without_an_isagd(self):
        assert self.lab.image
        config = self.learn_detached("alone")
        agent, gate = (self.person.containers(role)["alone"] for role in ("agent", "gate"))
        self.person.write(f"{self.person.project}/alone.end", "")
        self.eventually(lambda: docker("inspect", "-f", "{{.State.Running}}", agent) == "false", "it has ended")
        self.person.isag("ps")
        self.eventually(lambda: self.saved(config, "alone"), "it is saved")
        self.eventually(lambda: not docker("ps", "-aq", "--no-trunc", "--filter", "id=" + gate), "and its gate is removed")


class Siblings(Case):
    def test_containers_on_external_networks_are_reached_by_name_and_nothing_else_private(self):
        network = self.net.name + "-ext"
        docker("network", "create", "--internal", "--subnet", "198.51.101.0/24", "--label", "isag-test-internet", network)
        try:
            for name in ("database", "other"):
                container = f"{self.net.name}-{name}"
                self.net.containers.append(container)
                docker("run", "-d", "--name", container, "--network", network if name == "database" else self.net.name,
                       "--network-alias", name, "--label", "isag-test-internet", "-v",
                       f"{self.net.folder}:/unused", "-v", f"{self.person.project}/rig:/rig:ro", self.net.image, "python3",
                       "-c", "import socket\ns=socket.create_server(('',5432))\nwhile 1: c=s.accept()[0]; c.sendall(b'rows'); c.close()")
            assert self.lab.image
            inside = self.person.sandbox(["good.example"], networks=[network])
            self.assertEqual(inside.talk(host="database", port=5432)["got"], "rows")
            self.assertIn("hello", inside.talk(host="good.example", port=7000, until="hello")["got"])
            address = addresses_of(f"{self.net.name}-database")[0]
            self.net.forget()
            self.refused(inside.talk(host=address, port=5432))
            self.refused(inside.talk(host="10.1.2.3", port=5432))
            self.refused(inside.talk(host="other", port=5432))
            self.nothing_left()
            self.person.isag("stop", inside.name, "-t", "0")
        finally:
            docker("rm", "-f", f"{self.net.name}-database", check=False)
            docker("network", "rm", network, check=False)
