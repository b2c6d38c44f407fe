# SPDX-License-Identifier: Apache-2.0
"""N6: nothing inside can be the gate: not its mark, not its ports, not its sockets, not its process."""
from lab.case import Case
from lab.engine import addresses_of, process_of
from lab.internet import GOOD

ATTEMPTS = {
    "a mark": "s=socket.socket(); s.setsockopt(1,36,1); print('worked')",
    "a priority that takes rights": "s=socket.socket(); s.setsockopt(1,12,7); print('worked')",
    "a raw socket": "socket.socket(2,3,1); print('worked')",
    "a raw IP socket": "socket.socket(2,3,255); print('worked')",
    "a packet socket": "socket.socket(17,3,3); print('worked')",
    "another device": "s=socket.socket(); s.setsockopt(1,25,b'eth0\\0'); s.settimeout(2);"
                      "s.connect(('%s',80)); print('worked')" % GOOD,
    "source routes": "s=socket.socket(); s.setsockopt(0,4,b'\\x83\\x07\\x04'+bytes([198,51,100,80])+b'\\0');"
                     "s.settimeout(2); s.connect(('198.51.100.2',80)); print('worked')",
    "a foreign source address": "s=socket.socket(); s.setsockopt(0,19,1); print('worked')",
    "netfilter over netlink": "s=socket.socket(16,3,12); s.bind((0,0)); s.send(bytes.fromhex('1400000010000100000000000000000000000a00')"
                              "); r=s.recv(999); import struct; print('worked' if struct.unpack_from('=i',r,16)[0]==0 and r[4]==2 else r)",
    "a route": "import subprocess; print('worked' if subprocess.run(['ip','route','add','8.8.8.8','dev','lo']).returncode==0 else 'no')",
    "a link": "import subprocess; print('worked' if subprocess.run(['ip','link','set','lo','down']).returncode==0 else 'no')",
    "a user namespace with its own network": "import subprocess; print('worked' if subprocess.run(['unshare','-Urn','true'])"
                                             ".returncode==0 else 'no')",
    "a setting of the kernel": "open('/proc/sys/net/ipv4/ip_forward','w').write('1'); print('worked')",
}
# What an ordinary root in a container beside it can do: the same attempts as root, so that they are known to work.
AS_ROOT_WORKS = ("a raw socket", "a raw IP socket", "a packet socket")


class N6(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("good.example", "*.good.example")
        self.gate = self.person.gate(self.inside)

    def test_none_of_the_kernels_back_doors_opens(self):
        for what, script in ATTEMPTS.items():
            with self.subTest(what):
                told = self.inside.run(argv=["python3", "-c", "import socket\n" + script], seconds=20)
                self.assertNotIn("worked", told["out"], what)
        self.nothing_left()
        for what in AS_ROOT_WORKS:
            self.assertIn("worked", self.as_root(f'python3 -c "import socket; {ATTEMPTS[what]}"'), what)

    def test_only_the_agent_s_own_processes_can_be_seen(self):
        told = self.inside.run(argv=["sh", "-c", "cat /proc/[0-9]*/comm; ls -l /proc/1/exe; kill -0 -1; ls /.isag 2>&1"])
        self.assertNotIn("isag-gate", told["out"])

    def test_the_gate_has_no_abstract_socket(self):
        told = self.inside.run(argv=["sh", "-c", "grep -c ' @' /proc/net/unix; true"])
        self.assertEqual(told["out"].strip(), "0", self.inside.run(argv=["cat", "/proc/net/unix"])["out"])

    def ports(self, table):
        """Ports that the gate listens on, as the agent can read them; those on 127.0.0.11 are the engine's resolver's."""
        lines = [line.split() for line in self.inside.run(argv=["cat", "/proc/net/" + table])["out"].splitlines()[1:]]
        listening = [line[1].split(":") for line in lines if line[3] in ("0A", "07")]
        return sorted({int(port, 16) for address, port in listening if address != "0B00007F"})

    def gate_workers(self):
        return [int(pid) for pid in self.as_root(f"cat /proc/{process_of(self.gate)}/task/*/children", "--pid=host").split()]

    def test_the_gates_ports_can_not_be_dialled_nor_taken_even_while_its_worker_is_dead(self):
        tcp, udp = self.ports("tcp"), self.ports("udp")
        self.assertTrue(tcp and udp, "the agent can see them")
        for port in tcp:
            for address in ("127.0.0.1", "198.18.0.1", *addresses_of(self.gate)):
                told = self.inside.talk(host=address, port=port, seconds=2)
                self.assertNotIn("at " + GOOD, told["got"])
        before = self.gate_workers()
        takes = [self.inside.start("grab", ports=ports, seconds=3, kind=kind)
                 for ports, kind in ((tcp, "tcp"), (udp, "udp"))]
        for worker in before:
            self.kill(worker)
        for take in takes:
            self.assertEqual(take(), [], "a port of the gate was taken")
        self.eventually(lambda: self.gate_workers() not in ([], before), "the next worker")
        self.assertIn("hello", self.eventually(
            lambda: self.inside.talk(host="good.example", port=7000, until="hello")["got"], "it works again", 5))

    def test_names_keep_their_addresses_over_a_worker_s_death(self):
        before = self.inside.resolve(name="good.example")["addresses"]
        self.inside.resolve(name="x.good.example")
        for worker in self.gate_workers():
            self.kill(worker)
        self.eventually(lambda: self.inside.resolve(name="y.good.example")["addresses"], "it resolves again", 5)
        self.assertEqual(self.inside.resolve(name="good.example")["addresses"], before)

    def test_what_leaves_the_gate_carries_no_sign_of_it(self):
        told = self.as_root("nft list ruleset 2>/dev/null | head -100 || true", "--network", "container:" + self.gate)
        self.assertIn("reset", told, "the rules are there")
        marks = [word for word in told.replace(",", " ").split() if word.startswith("0x") and len(word) > 4]
        self.assertTrue(marks, told)
        self.assertNotIn("0x00000001", marks)

    def test_two_thousand_idle_connections_are_held_and_cost_little(self):
        memory = self.memory()
        told = self.inside.idle(name="idle", host="good.example", port=7000, count=2000)
        try:
            self.assertEqual((told["error"], told["count"]), (None, 2000), told)
            self.assertEqual(self.net.plain.ask("open") >= 2000, True)
            self.assertLess(self.inside.latency(host="good.example", count=100)["median"], 20)
            self.assertLess((self.memory() - memory) / 2000, 32 << 10, "bytes a connection")
        finally:
            self.inside.drop(name="idle")
        self.eventually(lambda: self.net.plain.ask("open") < 100, "they end where they were ended")

    def memory(self):
        """PSS of the gate's processes, in bytes."""
        pids = [process_of(self.gate), *self.gate_workers()]
        told = self.as_root("cat " + " ".join(f"/proc/{pid}/smaps_rollup" for pid in pids), "--pid=host")
        return sum(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("Pss:"))
