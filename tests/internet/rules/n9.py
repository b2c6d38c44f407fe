# SPDX-License-Identifier: Apache-2.0
"""N9: the agent's /etc/resolv.conf, hosts and hostname are its own and read-only; the gate reads none of them."""
from lab.case import Case
from lab.engine import docker
from lab.internet import EVIL, GOOD

FILES = ("/etc/resolv.conf", "/etc/hosts", "/etc/hostname")


class N9(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("good.example")

    def test_they_can_not_be_written_replaced_or_mounted_over(self):
        for file in FILES:
            for script in (f"echo '198.51.100.82 good.example' >> {file}", f"mv /tmp/x {file}", f"rm -f {file}",
                           f"cp /tmp/x {file}", f"chmod 666 {file}", f"mount --bind /tmp/x {file}"):
                before = self.inside.run(argv=["cat", file])["out"]
                told = self.inside.run(argv=["sh", "-c", f"touch /tmp/x; {script}"])
                self.assertNotEqual(told["status"], 0, script)
                self.assertEqual(self.inside.run(argv=["cat", file])["out"], before)
        told = self.as_root(f"echo '{EVIL} good.example' >> /etc/hosts && getent hosts good.example")
        self.assertIn(EVIL, told, "root in an ordinary container can")

    def test_they_are_read_only_mounts_and_not_the_gates(self):
        lines = self.inside.run(argv=["cat", "/proc/self/mountinfo"])["out"].splitlines()
        mounts = {line.split()[4]: line.split() for line in lines}
        for file in FILES:
            self.assertIn(file, mounts)
            self.assertIn("ro", mounts[file][5].split(","), file)
        roots = [mounts[file][3] for file in FILES]
        form = "{{.ResolvConfPath}} {{.HostsPath}} {{.HostnamePath}}"
        gates = docker("inspect", "-f", form, self.person.gate(self.inside)).split()
        for root in roots:
            self.assertFalse([path for path in gates if path.endswith(root)], "the gate has the same file")

    def test_whatever_stands_there_the_gate_asks_its_own_resolvers(self):
        gate = self.person.gate(self.inside)
        for form, line in (("{{.HostsPath}}", f"{EVIL} good.example\n"), ("{{.ResolvConfPath}}", "nameserver 198.51.100.99\n")):
            path = docker("inspect", "-f", form, gate)
            self.as_root(f"printf '{line}' >> /host{path}", "-v", "/:/host")
        self.net.forget()
        self.assertIn("hello", self.inside.talk(host="good.example", port=7000, until="hello")["got"])
        self.assertEqual({event["to"] for event in self.net.plain.log(kind="accept")}, {GOOD})
