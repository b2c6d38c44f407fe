# SPDX-License-Identifier: Apache-2.0
"""N5: what is refused is refused at once and in every protocol; the engine's resolver is out of reach."""
import base64
import dns_wire
from lab.case import Case
from lab.internet import EVIL, GATEWAY, GOOD, RESOLVER

FAR = ["8.8.8.8", "1.1.1.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "172.17.0.1", GOOD, EVIL, GATEWAY]


class N5(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("*.good.example", "good.example")

    def test_a_connection_to_an_address_is_reset_at_once(self):
        for address in FAR:
            for port in (443, 53, 22, 25, 6443):
                self.net.forget()
                self.refused(self.inside.talk(host=address, port=port) if port != 53 else {"error": "ECONNRESET", "ms": 0}, 300)
                self.nothing_left((address, port))
            self.beside.talk(host=address, port=443, seconds=0.2)
            self.assertTrue(self.net.sinkhole.log(to=address) or self.net.web.log(to=address) or address == GATEWAY, address)

    def test_the_thousandth_refusal_is_as_quick_as_the_first(self):
        told = self.inside.refusals(addresses=["8.8.8.8", GOOD, "10.0.0.1"], port=443, count=1000, seconds=0.5)
        self.assertTrue(set(told["errors"]) <= {"ECONNREFUSED", "ECONNRESET"}, told)
        self.assertLess(told["worst"], 500, told)
        self.nothing_left()

    def test_udp_quic_and_icmp_are_refused_at_once(self):
        synthetic = self.inside.resolve(name="good.example")["addresses"][0]
        self.assertEqual(self.beside.datagram(host=GOOD, port=443, data="quic")["got"], "quic")
        for kind, host, port in (("udp", "8.8.8.8", 443), ("udp", GOOD, 443), ("udp", synthetic, 443), ("udp", GOOD, 7000),
                                 ("udp", "8.8.8.8", 123), ("udp", "8.8.8.8", 5353), ("icmp", "8.8.8.8", 0),
                                 ("icmp", GOOD, 0), ("icmp", synthetic, 0), ("udplite", "8.8.8.8", 53)):
            self.net.forget()
            self.beside.datagram(kind=kind, host=host if host != synthetic else "8.8.4.4", port=port, seconds=0.2)
            self.assertTrue(self.left() or self.net.plain.log() or host == GOOD, (kind, host, "leaves beside the sandbox"))
            self.net.forget()
            self.refused(self.inside.datagram(kind=kind, host=host, port=port, seconds=3))
            self.nothing_left((kind, host, port))
            self.assertEqual(self.net.plain.log(kind="udp"), [])

    def test_multicast_and_broadcast_stay_inside(self):
        script = ("import socket\nfor a in ('224.0.0.251','255.255.255.255','198.51.100.255','239.1.2.3'):\n"
                  " s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.setsockopt(1,6,1)\n"
                  " try: s.sendto(b'x',(a,5353)); print(a,'sent')\n except OSError as e: print(a,e.errno)\n")
        self.assertEqual(self.beside.run(argv=["python3", "-c", script])["out"].count("sent"), 4)
        told = self.inside.run(argv=["python3", "-c", script])
        self.assertEqual(told["out"].count("sent"), 0, told)

    def test_loopback_is_the_agents_own_but_for_the_engines_resolver(self):
        self.inside.serve(name="mine", port=8765)
        self.assertEqual(self.inside.talk(host="127.0.0.1", port=8765)["got"], "mine")
        self.assertEqual(self.inside.talk(host="localhost", port=8765)["got"], "mine")
        for port in (53, 80, 2375):
            self.assertNotEqual(self.inside.talk(host="127.0.0.11", port=port, seconds=1)["error"], None)

    def test_no_connection_rides_on_one_of_the_gates(self):
        """The gate's own flows are known to the kernel; an agent that sends from the same port must not pass with them."""
        for number in range(30):
            self.net.dns.ask("zone", names={f"r{number}.good.example": {"A": [GOOD], "ttl": 0}})
            self.inside.talk(host=f"r{number}.good.example", port=7000, until="hello")
        def query(label):  # a name each, as the resolver may read the last of one's queries late
            return base64.b64encode(dns_wire.query(7, [label, b"evil", b"example"], 16)).decode()

        self.net.forget()
        told = self.beside.sweep(host=RESOLVER, port=53, data=query(b"walk"), first=40000, last=40100)
        self.assertTrue(self.net.dns.wait(name="walk.evil.example"), told)
        told = self.inside.sweep(host=RESOLVER, port=53, data=query(b"ride"))
        self.assertEqual(self.net.dns.log(name="ride.evil.example"), [], told)
        told = self.inside.sweep(host=GOOD, port=7000, kind="tcp", first=32768)
        self.assertEqual(told["sent"], 0, told)
        self.assertEqual(self.net.plain.log(kind="accept"), [])

    def test_an_open_connections_port_opens_no_other_way(self):
        script = ("import socket\na=socket.socket(); a.setsockopt(1,2,1); a.connect(('good.example',7000)); a.recv(9)\n"
                  "p=a.getsockname()[1]\n"
                  "for k,t in ((socket.SOCK_STREAM,('%s',7000)),(socket.SOCK_DGRAM,('%s',7000)),(socket.SOCK_STREAM,('%s',443))):\n"
                  " s=socket.socket(socket.AF_INET,k); s.setsockopt(1,2,1); s.settimeout(2)\n"
                  " try: s.bind(('',p))\n except OSError as e: print('bind',e.errno); continue\n"
                  " try: s.connect(t); s.send(b'x'); print('through',s.recv(9))\n except OSError as e: print(e.errno)\n"
                  % (EVIL, EVIL, EVIL))
        self.assertIn("through", self.beside.run(argv=["python3", "-c", script])["out"])
        self.net.forget()
        told = self.inside.run(argv=["python3", "-c", script])
        self.assertEqual(told["status"], 0, told)
        self.assertNotIn("through", told["out"])
        self.assertEqual(self.net.plain.log(to=EVIL) + self.net.web.log() + self.net.sinkhole.log(), [])

    def test_a_port_that_the_server_refuses_is_refused_inside(self):
        self.assertEqual(self.beside.talk(host="good.example", port=7009)["error"], "ECONNREFUSED")
        told = self.inside.talk(host="good.example", port=7009)
        self.assertIn(told["error"], ("ECONNREFUSED", "ECONNRESET"), told)
        self.assertLess(told["ms"], 2000)
        told = self.inside.talk(host="good.example", port=7004, seconds=3)
        self.assertEqual(told["error"], "ECONNRESET", told)
