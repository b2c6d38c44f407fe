# SPDX-License-Identifier: Apache-2.0
"""N2: names are checked before they are matched; wildcards; an empty list denies all."""
from lab.case import Case
from lab.internet import GOOD

ODD_LABELS = [["good.example"], ["good", "example\0"], ["good\0", "example"], ["\0good", "example"], ["good", "example", "\0"],
              ["good.example\0", "evil", "example"], ["good", "example\0.evil.example"], [" good", "example"],
              ["good", "exam\nple"], ["good", "example "], ["*", "good", "example"], ["*"], ["good/", "example"],
              ["g\xf6\xf6d", "example"], ["good", "\x1b[31m", "example"]]


class N2(Case):
    def setUp(self):
        super().setUp()
        self.net.dns.ask("zone", names={"*.good.example": {"A": [GOOD]}, "*.example": {"A": [GOOD]}})

    def allowed(self, probe, name):
        told = probe.dns(name=name)
        self.assertIn(told.get("rcode"), (0, 1, 3, 5), told)
        return bool(told["answers"])

    def test_case_and_one_trailing_dot_make_no_difference(self):
        inside = self.lab.sandbox("Good.Example")
        for name in ("good.example", "GOOD.example", "gOOd.eXaMPLe"):
            self.assertTrue(self.allowed(inside, name), name)
        self.assertEqual(inside.resolve(name="good.example.")["error"], None)
        self.assertIn("at " + GOOD, inside.tls(host="GOOD.example")["got"])
        self.assertEqual(inside.resolve(name="good.example..")["error"], "name")

    def test_bytes_that_no_name_has_match_nothing(self):
        inside = self.lab.sandbox("good.example", "*.good.example", "*.evil.example")
        for labels in ODD_LABELS:
            self.assertIsNone(self.beside.dns(labels=labels)["error"], labels)
        self.assertEqual(len(self.net.dns.log()), len(ODD_LABELS), "beside the sandbox they leave")
        self.net.forget()
        for labels in ODD_LABELS:
            told = inside.dns(labels=labels)
            self.assertEqual((told["error"], told.get("answers")), (None, []), (labels, told))
        self.nothing_left()

    def test_a_wildcard_is_any_name_below_and_not_that_name(self):
        inside = self.lab.sandbox("*.good.example")
        for name in ("a.good.example", "b.a.good.example", "_x.good.example", "A-b.good.example"):
            self.assertTrue(self.allowed(inside, name), name)
        for name in ("good.example", "xgood.example", "good.example.evil.example", "a.good.example.evil.example", "example",
                     "agood.example"):
            self.assertTrue(self.allowed(self.beside, name) or name == "example", name)
            self.assertFalse(self.allowed(inside, name), name)

    def test_a_name_alone_is_that_name_alone(self):
        inside = self.lab.sandbox("good.example")
        for name in ("a.good.example", "www.good.example", "ood.example", "agood.example", "good.example.evil.example"):
            self.assertTrue(self.allowed(self.beside, name), name)
            self.assertFalse(self.allowed(inside, name), name)

    def test_an_empty_list_allows_the_vendors_names_and_no_other(self):
        inside = self.lab.sandbox()
        self.assertTrue(self.allowed(self.beside, "good.example"))
        self.net.forget()
        self.assertFalse(self.allowed(inside, "good.example"))
        self.assertTrue(self.allowed(inside, "api.anthropic.com"))
        self.refused(inside.talk(host=GOOD, port=80))
        self.nothing_left()

    def test_a_rule_with_ports_is_for_these_ports(self):
        inside = self.lab.sandbox("good.example:443,7000", "shared.good.example:80")
        self.assertIn("at " + GOOD, inside.tls(host="good.example")["got"])
        self.assertIn("hello", inside.talk(host="good.example", port=7000, until="hello")["got"])
        for port in (80, 8443, 7001, 22):
            self.net.forget()
            self.assertEqual(self.beside.talk(host="good.example", port=port, seconds=0.3)["connected"] is not None, True)
            self.net.forget()
            self.refused(inside.talk(host="good.example", port=port))
            self.assertEqual(self.net.web.log() + self.net.plain.log(kind="accept") + self.net.dns.log(), [])

    def test_rules_that_would_allow_strangers_are_refused_with_the_reason(self):
        for rule in ("*.com", "*.co.uk", "*", "*.github.io", "*.s3.amazonaws.com", "*.cloudfront.net", "a.*.example",
                     "a*.example", "198.51.100.80", "2001:db8::1", "127.1", "0x7f000001", "good.example/path",
                     "https://good.example"):
            path = self.person.project + "/bad.yaml"
            self.person.write(path, self.person.yaml([rule]))
            told = self.person.isag("config", "check", "-c", path, check=False)
            self.assertEqual(told.returncode, 1, (rule, told))
            self.assertIn("limit_network.domains[0]", told.stderr, rule)
