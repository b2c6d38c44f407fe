# SPDX-License-Identifier: Apache-2.0
"""N7: IPv6 is as closed as IPv4, whoever gives it to the sandbox."""
from lab.case import Case
from lab.engine import addresses_of

FAR, SINK = "2001:db8:51::99", "2001:db8:51::1"
GIVE = ("echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6; echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6;"
        "ip -6 address add %s/64 dev eth0 nodad; ip -6 route replace default via " + SINK + " 2>/dev/null || true")


class N7(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("good.example", "*.good.example")

    def test_a_sandbox_has_no_ipv6_of_its_own(self):
        told = self.inside.run(argv=["ip", "-6", "-o", "address", "show", "scope", "global"])
        self.assertEqual(told["out"].strip(), "")
        self.assertEqual(self.inside.dns(name="good.example", kind="AAAA")["answers"], [])
        for host in (FAR, "::ffff:8.8.8.8", "2001:4860:4860::8888"):
            self.refused({**(told := self.inside.talk(host=host, port=443, seconds=2)),
                          "error": "ENETUNREACH" if told["error"] == "EADDRNOTAVAIL" else told["error"]})
        self.nothing_left()

    def test_given_ipv6_it_is_refused_in_every_protocol_all_the_same(self):
        """As slirp4netns gives it, or a network with IPv6: here by a hand from outside."""
        self.as_root(GIVE % SINK, "--network", f"container:{self.net.name}-sinkhole")
        self.as_root(GIVE % "2001:db8:51::10", "--network", f"container:{self.net.name}-unprotected")
        gate = self.person.gate(self.inside)
        self.as_root(GIVE % "2001:db8:51::20", "--network", "container:" + gate)
        try:
            self.assertIn("2001:db8:51::20", self.inside.run(argv=["ip", "-6", "address"])["out"])
            self.check_all_refused()
        finally:
            self.as_root("echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6", "--network", "container:" + gate)

    def check_all_refused(self):
        far = "2001:4860:4860::8888"  # the sinkhole is on the way there
        self.beside.talk(host=far, port=443, seconds=1)
        self.assertTrue(self.net.sinkhole.wait(to=far, port=443), "beside the sandbox it leaves")
        self.beside.datagram(host=far, port=53, seconds=0.2)
        self.assertTrue(self.net.sinkhole.wait(to=far, protocol="udp"))
        self.net.forget()
        for port in (443, 53, 22):
            told = self.inside.talk(host=far, port=port, seconds=3)
            self.assertIn(told["error"], ("ECONNREFUSED", "ECONNRESET", "EACCES", "EPERM"), told) if port != 53 else None
            self.assertLess(told["ms"], 500) if port != 53 else None
        for port in (53, 443):
            told = self.inside.datagram(host=far, port=port, seconds=2)
            self.assertNotIn("got", told)
        told = self.inside.run(argv=["python3", "-c", "import socket; s=socket.socket(10,2,58); s.settimeout(2);"
                                     f"s.connect(('{far}',0)); s.send(b'\\x80\\0\\0\\0\\0\\1\\0\\1'); print(s.recv(9))"])
        self.assertNotEqual(told["status"], 0)
        self.assertEqual([event for event in self.left() if event.get("to") == far], [])

    def test_resolvers_and_answers_over_ipv4_work_beside_it(self):
        self.assertIn("hello", self.inside.talk(host="good.example", port=7000, until="hello")["got"])
        self.assertTrue(all(":" not in address for address in addresses_of(self.person.gate(self.inside)) if address))
