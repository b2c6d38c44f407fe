# SPDX-License-Identifier: Apache-2.0
"""N4: the gate dials only what it resolved itself for that name; answers in special ranges refuse the whole answer."""
import json
import subprocess
import time
from lab.case import Case
from lab.engine import addresses_of
from lab.internet import EVIL, GOOD, RESOLVER, ROTATING

NAME = "name.good.example"
PRIVATE = {
    "RFC 1918, 10/8": "10.1.2.3", "RFC 1918, 172.16/12": "172.20.0.1", "RFC 1918, 192.168/16": "192.168.7.7",
    "metadata": "169.254.169.254", "carrier-grade NAT": "100.64.1.1", "benchmarking": "198.18.0.9",
    "multicast": "224.0.0.251", "this network": "0.0.0.1", "reserved": "240.0.0.1", "protocol assignments": "192.0.0.8",
    "loopback": "127.0.0.1", "loopback, elsewhere": "127.8.8.8", "broadcast": "255.255.255.255",
}
MAPPED = {"v4-mapped": "::ffff:10.1.2.3", "v4-mapped loopback": "::ffff:127.0.0.1", "NAT64": "64:ff9b::a01:203",
          "6to4": "2002:a01:203::1", "unique local": "fd00::7", "link-local": "fe80::7", "loopback": "::1",
          "v4-compatible": "::10.1.2.3", "unspecified": "::"}
# Where a plain container's own kernel keeps them, or drops them, before any gateway sees them.
STAYS = ("127.", "0.", "240.", "255.", "224.")


class N4(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("*.good.example", "good.example")

    def name(self, **entry):
        """A name that nobody has asked for yet, with that entry in the zone."""
        self.count = getattr(self, "count", 0) + 1
        name = f"n{self.count}-{self.id().rsplit('.', 1)[1][:40].replace('_', '-').strip('-')}.good.example"
        self.net.dns.ask("zone", names={name: {"ttl": 0, **entry}})
        return name

    def dialled(self):
        """Where anything went, besides the resolver."""
        return self.net.sinkhole.log() + self.net.web.log(kind="accept") + self.net.plain.log(kind="accept")

    def test_answers_in_special_ranges_are_not_dialled(self):
        for what, address in PRIVATE.items():
            name = self.name(A=[address])
            told = self.beside.talk(host=name, port=80, seconds=0.3)
            if not address.startswith(STAYS):
                self.assertTrue(self.net.sinkhole.wait(to=address), (what, "beside the sandbox it is dialled", told))
            self.net.forget()
            told = self.inside.talk(host=name, port=80)
            self.refused(told)
            self.assertTrue(self.net.dns.log(name=name), "the gate asked")
            self.assertEqual(self.dialled(), [], what)
            self.eventually(lambda: [e for e in self.events(self.inside) if e["target"] == name and not e["allowed"]], what)

    def test_one_bad_address_spoils_the_answer(self):
        for addresses in ([GOOD, "10.1.2.3"], ["10.1.2.3", GOOD], [GOOD, "127.0.0.1"]):
            name = self.name(A=addresses)
            self.refused(self.inside.talk(host=name, port=80))
            self.assertEqual(self.dialled(), [], addresses)

    def test_addresses_of_the_host_and_of_the_gate_are_not_dialled(self):
        links = json.loads(subprocess.run(["ip", "-j", "-4", "address"], stdout=subprocess.PIPE, check=True).stdout)
        of_host = [entry["local"] for link in links for entry in link["addr_info"] if entry["scope"] == "global"]
        of_gate = addresses_of(self.person.gate(self.inside))
        self.assertTrue(of_host and of_gate)
        for address in of_host + of_gate:
            name = self.name(A=[address])
            self.net.forget()
            for port in (80, 7000):
                self.refused(self.inside.talk(host=name, port=port))
            self.assertEqual(self.dialled(), [], address)

    def test_a_name_behind_a_chain_of_cnames_is_judged_by_its_end(self):
        self.net.dns.ask("zone", names={"a.far.example": {"CNAME": "b.far.example"}, "b.far.example": {"A": [GOOD]},
                                        "c.far.example": {"CNAME": "d.far.example"}, "d.far.example": {"A": ["10.1.2.3"]},
                                        "e.far.example": {"CNAME": "f.far.example"}, "f.far.example": {"CNAME": "e.far.example"}})
        self.assertIn("hello", self.inside.talk(host=self.name(CNAME="a.far.example"), port=7000, until="hello")["got"])
        self.net.forget()
        self.refused(self.inside.talk(host=self.name(CNAME="c.far.example"), port=7000))
        self.refused(self.inside.talk(host=self.name(CNAME="e.far.example"), port=7000), within=12000)
        self.assertEqual(self.dialled(), [])

    def test_addresses_in_ipv6_that_mean_others_are_not_dialled(self):
        for what, address in MAPPED.items():
            name = self.name(AAAA=[address])
            self.refused(self.inside.talk(host=name, port=80))
            name = self.name(A=[GOOD], AAAA=[address])
            self.net.forget()
            told = self.inside.talk(host=name, port=7000, until="hello")
            if told["error"] is None:  # by its A record, as hosts without IPv6 do
                self.assertEqual([event["to"] for event in self.dialled()], [GOOD], what)
            self.assertEqual(self.net.sinkhole.log(), [], what)

    def test_allow_private_lifts_it_for_that_rule(self):
        self.net.dns.ask("zone", names={"lan.evil.example": {"A": ["10.9.8.7"], "ttl": 0}})
        inside = self.person.sandbox(({"name": "lan.evil.example", "allow_private": True}, "good.example"))
        # Its gate would dial the silent address for a while yet, into the next test.
        self.addCleanup(self.person.isag, "stop", inside.name, "-t", "0")
        inside.start("talk", host="lan.evil.example", port=80, seconds=0.5)
        self.assertTrue(self.net.sinkhole.wait(to="10.9.8.7", port=80))
        self.net.dns.ask("zone", names={"lan.evil.example": {"A": ["127.0.0.1"]}})
        self.net.forget()
        self.refused(inside.talk(host="lan.evil.example", port=80))
        self.assertEqual(self.dialled(), [])

    def test_the_sandbox_cannot_choose_the_address(self):
        self.assertIsNotNone(self.beside.talk(host=GOOD, port=80, seconds=0.3)["connected"])
        self.assertIsNotNone(self.beside.talk(host=EVIL, port=80, seconds=0.3)["connected"])
        self.inside.resolve(name="good.example")
        self.net.forget()
        for address in (GOOD, EVIL, "198.18.200.200", "198.19.255.254"):
            self.refused(self.inside.talk(host=address, port=80))
        self.nothing_left()
        self.assertEqual(self.net.web.log(kind="accept"), [])

    def test_rotating_addresses_are_followed(self):
        seen = set()
        for _ in range(24):
            told = self.inside.talk(host="rotating.good.example", port=7000, until="hello")
            self.assertIn("hello", told["got"], told)
            seen |= {event["to"] for event in self.net.plain.log(kind="accept")}
        self.assertGreater(len(seen), 3, seen)
        self.assertTrue(seen <= set(ROTATING))

    def test_a_ttl_of_a_second_is_honoured_and_a_long_one_saves_queries(self):
        name = self.name(A=[GOOD], ttl=1)
        self.assertIn("hello", self.inside.talk(host=name, port=7000, until="hello")["got"])
        self.net.dns.ask("zone", names={name: {"A": [EVIL], "ttl": 1}})

        def moved():
            self.inside.talk(host=name, port=7000, until="hello")
            return self.net.plain.log(kind="accept", to=EVIL)
        self.eventually(moved, "the new address is dialled", 4)
        name = self.name(A=[GOOD], ttl=300)
        self.net.forget()
        for _ in range(5):
            self.assertIn("hello", self.inside.talk(host=name, port=7000, until="hello")["got"])
        self.assertEqual(len(self.net.dns.log(name=name, type="A")), 1)

    def test_queries_have_random_ids_and_ports(self):
        for _ in range(20):
            self.inside.talk(host=self.name(A=[GOOD]), port=7000, until="hello")
        asked = self.net.dns.log(type="A", protocol="udp")
        self.assertGreaterEqual(len(asked), 20)
        for what in ("id", "port"):
            values = [event[what] for event in asked]
            self.assertGreater(len(set(values)), 15, (what, values))
            steps = {b - a for a, b in zip(values, values[1:])}
            self.assertGreater(len(steps), 10, (what, "not in order"))

    def test_a_resolver_that_lies_or_fails_makes_the_name_unreachable_and_nothing_else(self):
        for how in ("wrong_id", "wrong_name", "garbage", "empty", "servfail"):
            name = self.name(A=[EVIL], udp=how, tcp=how)
            begin = time.monotonic()
            told = self.inside.talk(host=name, port=7000, seconds=30)
            self.assertIn(told["error"], ("ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH"), (how, told))
            self.assertLess(time.monotonic() - begin, 20, how)
            self.assertEqual(self.dialled(), [], how)
        self.assertIn("hello", self.inside.talk(host=self.name(A=[GOOD]), port=7000, until="hello")["got"])

    def test_a_truncated_answer_is_asked_for_by_tcp(self):
        name = self.name(A=[GOOD], udp="truncate")
        self.assertIn("hello", self.inside.talk(host=name, port=7000, until="hello")["got"])
        self.assertTrue(self.net.dns.log(name=name, protocol="tcp"))

    def test_a_resolver_that_stalls_holds_up_nobody_else(self):
        name = self.name(A=[GOOD], udp="stall", tcp="stall")
        waiting = self.inside.start("talk", host=name, port=7000, seconds=40)
        self.assertTrue(self.net.dns.wait(name=name))
        self.assertLess(self.inside.talk(host=self.name(A=[GOOD]), port=7000, until="hello")["ms"], 1000)
        told = waiting(60)
        self.assertIn(told["error"], ("ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH"), told)
        self.assertLess(told["ms"], 30000)

    def test_a_resolver_that_dies_and_comes_back(self):
        try:
            self.net.dns.ask("close")
            told = self.inside.talk(host=self.name(A=[GOOD]), port=7000, seconds=30)
            self.assertIn(told["error"], ("ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH"), told)
            self.assertLess(told["ms"], 20000)
            self.assertEqual(self.net.sinkhole.log(), [], "no other resolver is asked")
        finally:
            self.net.dns.ask("open")
        self.eventually(lambda: "hello" in self.inside.talk(host=self.name(A=[GOOD]), port=7000, until="hello")["got"],
                        "it works again")

    def test_the_second_resolver_is_asked_where_the_first_does_not_answer(self):
        inside = self.lab.sandbox("good.example", dns=("198.51.100.99", RESOLVER + ":53"))
        told = inside.talk(host="good.example", port=7000, until="hello", seconds=20)
        self.assertIn("hello", told["got"], told)
