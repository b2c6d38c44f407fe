# SPDX-License-Identifier: Apache-2.0
"""A recursive resolver whose answers and failures are the test's: its word `zone` says what each name is.

{"good.example": {"A": ["198.51.100.80"], "ttl": 60, "udp": "truncate"}, "*.evil.example": {"TXT": ["x"]}}. A name's
"udp" or "tcp" is how it is answered there: stall, truncate, wrong_id, wrong_name, garbage, empty, servfail; "rotate"
turns the list by one with each query; "CNAME" is followed as resolvers do; "delay" is in seconds.
"""
import socket
import struct
import threading
import time
from control import Control
import dns_wire


class Zone:
    def __init__(self):
        self.names = {}
        self.asked = {}

    def find(self, name):
        name = name.lower()
        if name in self.names:
            return self.names[name]
        parts = name.split(".")
        for cut in range(1, len(parts)):
            found = self.names.get("*." + ".".join(parts[cut:]))
            if found is not None:
                return found
        return None

    def records(self, labels, kind):
        """(records, known): with the chain of CNAMEs before them."""
        out, known = [], False
        for _ in range(32):
            entry = self.find(dns_wire.shown(labels))
            if entry is None:
                break
            known = True
            ttl = entry.get("ttl", 60)
            if "CNAME" in entry:
                out.append(dns_wire.record(labels, "CNAME", ttl, entry["CNAME"]))
                labels = dns_wire.name_labels(entry["CNAME"])
                continue
            wanted = [kind] if kind != "ANY" else ["A", "AAAA", "TXT"]
            for one in wanted:
                values = self.turned(dns_wire.shown(labels), one, entry)
                out += [dns_wire.record(labels, one, ttl, value) for value in values]
            break
        return out, known

    def turned(self, name, kind, entry):
        values = entry.get(kind, [])
        if not entry.get("rotate") or not values:
            return values
        count = self.asked[name, kind] = self.asked.get((name, kind), -1) + 1
        return [values[count % len(values)]]


class Resolver:
    def __init__(self):
        self.zone = Zone()
        self.control = Control("dns")
        self.control.words |= {"zone": self.set_zone, "open": self.open, "close": self.close}
        self.sockets, self.threads = [], []
        self.closing = threading.Event()
        self.open()

    def set_zone(self, names, clear=False):
        if clear:
            self.zone.names.clear()
        self.zone.names.update(names)

    def open(self):
        if self.sockets:
            return
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("0.0.0.0", 53))
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind(("0.0.0.0", 53))
        tcp.listen(128)
        self.sockets = [udp, tcp]
        self.closing.clear()
        self.threads = [threading.Thread(target=serve, args=(each,), daemon=True)
                        for serve, each in ((self.serve_udp, udp), (self.serve_tcp, tcp))]
        for each in self.sockets:
            each.settimeout(0.05)  # to look whether it is to close
        for thread in self.threads:
            thread.start()

    def close(self):
        """As if its process had ended: queries are refused by the kernel."""
        self.closing.set()
        for thread in self.threads:
            thread.join()
        for each in self.sockets:
            each.close()
        self.sockets, self.threads = [], []

    def answer(self, data, protocol, sender):
        """The reply's bytes; None for silence."""
        number, labels, kind_number, question = dns_wire.read_question(data)
        kind = dns_wire.NAMES.get(kind_number, str(kind_number))
        name = dns_wire.shown(labels)
        self.control.note(name=name, type=kind, protocol=protocol, id=number, **{"from": sender[0], "port": sender[1]})
        entry = self.zone.find(name) or {}
        how = entry.get(protocol, "ok")
        time.sleep(entry.get("delay", 0))
        if how == "stall":
            return None
        if how in ("garbage", "empty"):
            return b"\xff" * 40 if how == "garbage" else b""
        if how == "wrong_id":
            number ^= 0x5555
        if how == "wrong_name":
            question = dns_wire.pack_name([b"other", b"example"]) + question[-4:]
        if how in ("truncate", "servfail"):
            return dns_wire.reply(number, question, [], 2 if how == "servfail" else 0, how == "truncate")
        records, known = self.zone.records(labels, kind)
        return dns_wire.reply(number, question, records, entry.get("rcode", 0 if known else 3))

    def serve_udp(self, udp):
        while not self.closing.is_set():
            try:
                data, sender = udp.recvfrom(65536)
            except TimeoutError:
                continue
            threading.Thread(target=self.reply_udp, args=(udp, data, sender), daemon=True).start()

    def reply_udp(self, udp, data, sender):
        try:
            out = self.answer(data, "udp", sender)
            if out is not None:
                udp.sendto(out, sender)
        except (OSError, ValueError, IndexError, struct.error) as error:
            self.control.note(bad=repr(error), protocol="udp")

    def serve_tcp(self, tcp):
        while not self.closing.is_set():
            try:
                peer, sender = tcp.accept()
            except TimeoutError:
                continue
            peer.settimeout(30)
            threading.Thread(target=self.reply_tcp, args=(peer, sender), daemon=True).start()

    def reply_tcp(self, peer, sender):
        try:
            with peer, peer.makefile("rb") as stream:
                while head := stream.read(2):
                    out = self.answer(stream.read(struct.unpack("!H", head)[0]), "tcp", sender)
                    if out is not None:
                        peer.sendall(struct.pack("!H", len(out)) + out)
        except (OSError, ValueError, IndexError, struct.error) as error:
            self.control.note(bad=repr(error), protocol="tcp")


if __name__ == "__main__":
    Resolver()
    threading.Event().wait()
