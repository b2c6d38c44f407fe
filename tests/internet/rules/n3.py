# SPDX-License-Identifier: Apache-2.0
"""N3: the SNI of each ClientHello and the Host of each request are the name whose address was dialled."""
import base64
import random
from lab.asked import chunk
from lab.case import Case
from lab.hellos import ECH, SNI, Hello, name_list, records
from lab.internet import SHARED

NAME, OTHER = "shared.good.example", "shared.evil.example"


class N3Tls(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox(NAME)
        self.hello = base64.b64decode(self.inside.client_hello(sni=NAME))

    def told_servers(self):
        """What servers were told; a connection without a byte tells them nothing."""
        return self.net.sinkhole.log() + [event for event in self.net.web.log() if event["kind"] not in ("accept", "error")]

    def tries(self, data, host=NAME, port=443):
        """What the server beside and the one inside answer to that ClientHello: their first bytes."""
        chunks = [chunk(part) for part in (data if isinstance(data, list) else [data])]
        beside = self.beside.talk(host=host, port=port, chunks=chunks, seconds=3, until="\x16\x03\x03")
        self.net.forget()
        return beside, self.inside.talk(host=host, port=port, chunks=chunks, seconds=8, until="\x16\x03\x03")

    def refused_with_an_alert(self, data, reaches=True, **more):
        beside, inside = self.tries(data, **more)
        if reaches:
            self.assertTrue(beside["got"].startswith("\x16\x03\x03"), beside)
        self.assertTrue(inside["got"].startswith("\x15\x03"), inside)
        self.assertLess(inside["ms"], 7000)
        self.assertEqual(self.told_servers(), [], "nothing of it reached the server")

    def test_the_names_own_sni_works_and_another_on_the_same_address_is_refused(self):
        self.assertIn("at " + SHARED, self.inside.tls(host=NAME)["got"])
        self.assertIn(OTHER, self.beside.tls(host=NAME, sni=OTHER)["got"])
        self.assertTrue(self.net.web.log(sni=OTHER))
        self.net.forget()
        told = self.inside.tls(host=NAME, sni=OTHER)
        self.assertTrue(told["error"].startswith("tls:"), told)
        self.assertEqual(self.told_servers(), [])
        told = self.eventually(lambda: [e for e in self.events(self.inside) if OTHER in e["why"] + e["target"]], "an event")
        self.assertIn(443, [event["port"] for event in told])

    def test_the_check_is_on_every_port(self):
        self.assertIn("at " + SHARED, self.inside.tls(host=NAME, port=8443)["got"])
        self.assertIn("at " + SHARED, self.beside.tls(host=NAME, port=8443, sni=OTHER)["got"])
        self.net.forget()
        self.assertTrue(self.inside.tls(host=NAME, port=8443, sni=OTHER)["error"].startswith("tls:"))
        self.assertEqual(self.told_servers(), [])

    def test_no_sni_two_names_two_extensions_and_an_address_are_refused(self):
        bad = [Hello(self.hello).without(SNI), Hello(self.hello).without(SNI).plus(SNI, name_list(b"198.51.100.81"))]
        for hello in bad:
            self.refused_with_an_alert(records(hello.message()))
        name, other = NAME.encode(), OTHER.encode()
        odd = [Hello(self.hello).without(SNI).plus(SNI, name_list(name, other)),
               Hello(self.hello).without(SNI).plus(SNI, name_list(other, name)),
               Hello(self.hello).plus(SNI, name_list(other)), Hello(self.hello).plus(SNI, name_list(name)),
               Hello(self.hello).without(SNI).plus(SNI, name_list(name + b"\0." + other)),
               Hello(self.hello).without(SNI).plus(SNI, name_list(b""))]
        for hello in odd:  # a server may refuse them too
            self.refused_with_an_alert(records(hello.message()), reaches=False)

    def test_an_encrypted_client_hello_is_refused(self):
        value = b"\0\0\x01\0\x01\x2a" + b"\0\x20" + bytes(32) + b"\0\x80" + bytes(128)
        self.refused_with_an_alert(records(Hello(self.hello).plus(ECH, value).message()))

    def test_a_hello_in_pieces_is_read_whole(self):
        message = self.hello[5:]
        for data in (records(message, 7), records(message, 100), [self.hello[at:at + 1] for at in range(0, 40)] +
                     [self.hello[40:]], [records(message, 50)[:333], records(message, 50)[333:]]):
            _, inside = self.tries(data)
            self.assertTrue(inside["got"].startswith("\x16\x03\x03"), inside)
        other = base64.b64decode(self.inside.client_hello(sni=OTHER))
        cuts = [other[:3], other[3:120], other[120:]]
        for data in (records(other[5:], 7), cuts, [other[at:at + 1] for at in range(len(other))]):
            self.refused_with_an_alert(data)

    def test_a_second_hello_that_the_server_asks_for_is_for_the_same_name(self):
        told = self.inside.second_hello(host=NAME, port=8444, name=NAME)
        self.assertEqual((told["hellos"], told["got"]), (2, "done"), told)
        self.net.forget()
        self.assertEqual(self.beside.second_hello(host=NAME, port=8444, name=OTHER)["hellos"], 2)
        self.eventually(lambda: self.net.web.log(kind="sni", sni=OTHER), "the server was asked for the other name")
        self.net.forget()
        told = self.inside.second_hello(host=NAME, port=8444, name=OTHER)
        self.assertEqual(told["hellos"], 2, told)
        self.assertTrue(self.net.web.log(kind="sni", sni=NAME))
        self.assertEqual(self.net.web.log(kind="sni", sni=OTHER), [])
        self.eventually(lambda: [e for e in self.events(self.inside) if OTHER in e["why"]], "an event")

    def test_a_hello_that_does_not_end_is_cut_off_after_seconds(self):
        self.beside.talk(host=NAME, port=443, chunks=[chunk(self.hello[:50])], seconds=0.2)
        self.assertTrue(self.net.web.log(kind="accept"))
        _, inside = self.tries(self.hello[:50])
        self.assertNotEqual(inside["error"], "timeout", inside)
        self.assertTrue(3000 < inside["ms"] < 7500, inside)
        self.assertEqual(self.told_servers(), [])

    def test_random_changes_of_a_hello_never_reach_another_name(self):
        other = base64.b64decode(self.inside.client_hello(sni=OTHER))
        chance = random.Random(3)
        for _ in range(60):
            data = bytearray(other)
            for _ in range(chance.randint(1, 3)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            self.inside.talk(host=NAME, port=443, chunks=[chunk(bytes(data[:chance.choice([len(data), 300, 60])]))],
                             seconds=0.05)
        self.assertEqual(self.net.web.log(sni=OTHER), [])


def request(*lines, body=""):
    return "\r\n".join([*lines, "", body])


GOOD_REQUEST = request("GET / HTTP/1.1", "Host: " + NAME)
OTHERS = {
    "another Host": request("GET / HTTP/1.1", "Host: " + OTHER),
    "a second request with another Host": GOOD_REQUEST + request("GET /second HTTP/1.1", "Host: " + OTHER),
    "a request after a body": request("POST /digest HTTP/1.1", "Host: " + NAME, "Content-Length: 3", body="abc") +
    request("GET /second HTTP/1.1", "Host: " + OTHER),
    "two Hosts": request("GET / HTTP/1.1", "Host: " + NAME, "Host: " + OTHER),
    "two Hosts, the other first": request("GET / HTTP/1.1", "Host: " + OTHER, "Host: " + NAME),
    "the absolute form": request(f"GET http://{OTHER}/ HTTP/1.1", "Host: " + OTHER),
    "the absolute form with the right Host": request(f"GET http://{OTHER}/ HTTP/1.1", "Host: " + NAME),
    "empty lines before": "\r\n\r\n" + request("GET / HTTP/1.1", "Host: " + OTHER),
    "a bare line feed": f"GET / HTTP/1.1\nHost: {OTHER}\n\n",
    "a space before the colon": request("GET / HTTP/1.1", "Host : " + OTHER),
    "a tab before the value": request("GET / HTTP/1.1", "Host:\t" + OTHER),
    "a folded line": request("GET / HTTP/1.1", "Host:", " " + OTHER),
    "another case": request("GET / HTTP/1.1", "hOST: " + OTHER.upper()),
    "with a port": request("GET / HTTP/1.1", f"Host: {OTHER}:80"),
    "HTTP/1.0": request("GET / HTTP/1.0", "Host: " + OTHER),
    "userinfo": request("GET / HTTP/1.1", f"Host: {NAME}@{OTHER}"),
    "two lengths": request("POST /digest HTTP/1.1", "Host: " + NAME, "Content-Length: 0", "Content-Length: 5",
                           body="hello") + request("GET /second HTTP/1.1", "Host: " + OTHER),
    "a length and chunks": request("POST /git/x HTTP/1.1", "Host: " + NAME, "Content-Length: 5",
                                   "Transfer-Encoding: chunked", body="0\r\n\r\n" +
                                   request("GET /second HTTP/1.1", "Host: " + OTHER)),
    "a long head": request("GET / HTTP/1.1", *[f"X-{n}: {'y' * 900}" for n in range(60)], "Host: " + OTHER),
    "no Host": request("GET /no-host HTTP/1.1"),
    "an upgrade to h2c": request("GET / HTTP/1.1", "Host: " + OTHER, "Connection: Upgrade, HTTP2-Settings",
                                 "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
    "h2c at once": request("PRI * HTTP/2.0") + "SM\r\n\r\n",
    "CONNECT": request(f"CONNECT {OTHER}:443 HTTP/1.1", f"Host: {OTHER}:443"),
}


class N3Http(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox(NAME)

    def served(self):
        return [event for event in self.net.web.log(kind="http")
                if OTHER in (event["host"] or "").lower() + event["path"] or event["host"] is None]

    def test_each_request_is_for_the_name_that_was_dialled(self):
        told = self.inside.talk(host=NAME, port=80, chunks=[chunk(GOOD_REQUEST)], until="at " + SHARED)
        self.assertIn("200 OK", told["got"])
        reached = 0
        for what, data in OTHERS.items():
            with self.subTest(what):
                self.net.forget()
                self.beside.talk(host=NAME, port=80, chunks=[chunk(data)], seconds=0.5)
                reached += bool(self.served())
                self.net.forget()
                told = self.inside.talk(host=NAME, port=80, chunks=[chunk(data)], seconds=2)
                self.assertEqual(self.served(), [], what)
                self.assertNotIn(f"{OTHER} at", told["got"].lower())
        self.assertGreater(reached, 14, "beside the sandbox most of them are served")

    def test_the_answer_says_why(self):
        told = self.inside.talk(host=NAME, port=80, chunks=[chunk(OTHERS["another Host"])], seconds=2)
        self.assertTrue(told["got"].startswith("HTTP/1.1 403 "), told)
        self.assertIn(OTHER, told["got"].partition("\r\n\r\n")[2])
        self.eventually(lambda: [e for e in self.events(self.inside) if e["protocol"] == "http"], "an event")

    def test_split_anywhere_the_request_is_checked_whole(self):
        for data, allowed in ((GOOD_REQUEST, True), (OTHERS["another Host"], False)):
            for cut in range(1, len(data), 7):
                told = self.inside.talk(host=NAME, port=80, chunks=[chunk(data[:cut]), chunk(data[cut:])], seconds=2,
                                        until="\r\n\r\n", gap=0.005)
                self.assertEqual("200 OK" in told["got"], allowed, (cut, told))
        self.assertEqual(self.served(), [])

    def test_requests_after_one_another_to_the_same_name_work(self):
        told = self.inside.run(argv=["curl", "-sS", f"http://{NAME}/", f"http://{NAME}/bytes/10", f"http://{NAME}/"])
        self.assertEqual((told["status"], told["out"].count("at " + SHARED)), (0, 2), told)
