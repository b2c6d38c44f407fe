# SPDX-License-Identifier: Apache-2.0
"""N8: every refusal is an event, escaped and added up; thousands of them change neither latency nor memory."""
import json
import re
from lab.case import Case
from lab.engine import process_of
from lab.internet import GOOD

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class N8(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("good.example", "*.good.example")

    def told_of(self, **match):
        return [event for event in self.events(self.inside)
                if all(event.get(key) == value for key, value in match.items())]

    def test_each_kind_of_refusal_is_told_with_its_target_and_why(self):
        self.inside.dns(name="told.evil.example")
        self.inside.talk(host="8.8.100.9", port=4711)
        self.inside.datagram(host="8.8.100.10", port=4712)
        self.inside.datagram(host="8.8.100.11", port=0, kind="icmp")
        self.inside.tls(host="good.example", sni="sni.evil.example")
        self.inside.run(argv=["curl", "-s", "-H", "Host: host.evil.example", "http://good.example/"])
        for match in ({"protocol": "dns", "target": "told.evil.example"},
                      {"protocol": "tcp", "target": "8.8.100.9", "port": 4711},
                      {"protocol": "udp", "target": "8.8.100.10", "port": 4712},
                      {"protocol": "icmp", "target": "8.8.100.11"}, {"protocol": "tls"}, {"protocol": "http"}):
            with self.subTest(match):
                event = self.eventually(lambda m=match: self.told_of(**m), f"an event {match}", 5)[-1]
                self.assertFalse(event["allowed"])
                self.assertGreater(len(event["why"]), 5)
        self.nothing_left()

    def test_allowed_connections_are_told_where_asked_for(self):
        self.inside.talk(host="good.example", port=7000, until="hello")
        self.eventually(lambda: [e for e in self.events(self.inside, "--all") if e["allowed"] and e["port"] == 7000], "an event")
        self.assertEqual([e for e in self.events(self.inside) if e["allowed"]], [])

    def test_an_attackers_bytes_are_escaped_in_every_output(self):
        labels = ["\x1b[31mred\n2026-01-01 allowed everything", "\r\x07\x9b2J", "evil", "example"]
        self.beside.dns(labels=labels)
        self.assertTrue([e for e in self.net.dns.log() if "\x1b" in e["name"]])
        self.inside.dns(labels=labels)
        request = "GET / HTTP/1.1\r\nHost: \x1b]0;title\x07.evil.example\r\n\r\n"
        self.inside.run(argv=["python3", "-c", "import socket,sys; s=socket.create_connection(('good.example',80));"
                              "s.sendall(sys.stdin.buffer.read()); print(s.recv(9999))"], input=request)
        self.eventually(lambda: [e for e in self.events(self.inside) if "red" in e["target"]], "an event")
        for words in (["net", "log", self.inside.name], ["net", "log", self.inside.name, "--json"], ["ps"],
                      ["net", "show", self.inside.name]):
            out = self.person.isag(*words)
            self.assertIsNone(CONTROL.search(out.stdout + out.stderr), (words, out.stdout))
            self.assertNotIn("\n2026-01-01 allowed everything", out.stdout)
        page = self.inside.run(argv=["curl", "-s", "http://isag.internal/"])["out"]
        self.assertIsNone(CONTROL.search(page), page)

    def memory(self):
        """Resident bytes of the gate and of isagd."""
        gate = process_of(self.person.gate(self.inside))
        told = self.as_root(f"cat /proc/{gate}/status; for p in $(cat /proc/{gate}/task/*/children); do cat /proc/$p/status; done;"
                            "echo; echo isagd; " f"cat /proc/{self.person.daemon()}/status", "--pid=host")
        parts = told.split("isagd\n")
        return [sum(int(line.split()[1]) for line in part.splitlines() if line.startswith("VmRSS:")) * 1024
                for part in (parts[0], parts[-1])]

    def storm(self, refusals):
        self.inside.latency(host="good.example", count=100)
        before, memory = self.inside.latency(host="good.example", count=300), self.memory()
        storm = [self.inside.start(word, **more) for word, more in refusals]
        during = self.inside.latency(host="good.example", count=300)
        fresh = [self.inside.talk(host="good.example", port=7000, until="hello")["ms"] for _ in range(10)]
        told = [each(120) for each in storm]
        grown = [after - was for after, was in zip(self.memory(), memory)]
        self.assertLess(sorted(fresh)[5], 200, "a new connection")
        self.assertLess(during["median"], max(before["median"] * 6, 5), (before, during))
        for what, size in zip(("the gate", "isagd"), grown):
            self.assertLess(size, 4 << 20, what)
        return told

    def test_ten_thousand_refused_connections_in_five_seconds(self):
        addresses = [f"8.8.{a}.{b}" for a in range(113, 117) for b in range(1, 255)]
        count = self.refused_count()
        told = self.storm([("refusals", {"addresses": addresses, "port": 4000, "count": 10000, "seconds": 5})])[0]
        self.assertTrue(set(told["errors"]) <= {"ECONNREFUSED", "ECONNRESET"}, told)
        self.assertLess(told["p99"], 100, told)
        self.assertLess(told["seconds"], 15, told)
        self.eventually(lambda: self.refused_count() >= count + 9000, "they are counted")
        self.assertEqual(self.net.sinkhole.log(), [])

    def test_ten_thousand_refused_names_in_five_seconds(self):
        script = ("import socket,time,sys\nsys.path.insert(0,'rig')\nimport dns_wire\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
                  "s.settimeout(1); s.connect(('198.18.0.1',53)); b=time.time(); n=0\nfor i in range(10000):\n"
                  " s.send(dns_wire.query(i,[b'x%d'%i,b'evil',b'example'],16))\n try: n+=s.recv(999)[3]&15==3\n except OSError: pass\n"
                  " time.sleep(max(0,b+i/2000-time.time()))\nprint(n,time.time()-b)\n")
        told = self.storm([("run", {"argv": ["python3", "-c", script]})])[0]
        answered, taken = told["out"].split()
        self.assertGreater(int(answered), 9990, told)
        self.assertLess(float(taken), 15)
        # storm() connects to an allowed name meanwhile, whose answer may be too old by then.
        self.assertEqual([event for event in self.left() if event.get("name") != "good.example"], [])
        self.assertLess(len(self.events(self.inside)), 2000)

    def refused_count(self):
        for row in json.loads(self.person.isag("ps", "--json").stdout):
            if row["name"] == self.inside.name:
                return row["blocked"]
        return None

    def test_the_sandbox_is_told_what_was_refused_and_how_to_allow_it(self):
        self.inside.dns(name="page.evil.example")
        page = self.inside.run(argv=["curl", "-sS", "http://isag.internal/"])["out"]
        self.assertIn("good.example", page)
        self.assertIn("page.evil.example", page)
        self.assertIn("isag net allow", page)
        page = json.loads(self.inside.run(argv=["curl", "-sS", "http://isag.internal/json"])["out"])
        self.assertTrue([e for e in page["refused"] if e["target"] == "page.evil.example"], page)
        self.assertTrue([r for r in page["rules"] if r["rule"]["name"] == "good.example"], page)
        self.assertNotIn(GOOD, str(page))
