# SPDX-License-Identifier: Apache-2.0
"""TLS ClientHellos (RFC 8446, 4.1.2) with what no ordinary client sends; made from one that an ordinary client made."""
import struct


class Hello:
    """The parts of one record with one ClientHello."""

    def __init__(self, data):
        body = data[9:]  # the record's head has 5 bytes, the handshake message's 4
        at = 34
        at += 1 + body[at]
        at += 2 + struct.unpack_from("!H", body, at)[0]
        at += 1 + body[at]
        self.head, self.extensions = body[:at], []
        at += 2
        while at < len(body):
            kind, size = struct.unpack_from("!HH", body, at)
            self.extensions.append((kind, body[at + 4:at + 4 + size]))
            at += 4 + size

    def message(self):
        packed = b"".join(struct.pack("!HH", kind, len(value)) + value for kind, value in self.extensions)
        body = self.head + struct.pack("!H", len(packed)) + packed
        return b"\x01" + len(body).to_bytes(3, "big") + body

    def without(self, kind):
        self.extensions = [each for each in self.extensions if each[0] != kind]
        return self

    def plus(self, kind, value):
        self.extensions.append((kind, value))
        return self


def records(message, size=1 << 14):
    return b"".join(b"\x16\x03\x01" + struct.pack("!H", len(message[at:at + size])) + message[at:at + size]
                    for at in range(0, len(message), size))


def name_list(*names):
    """server_name (RFC 6066, 3)."""
    entries = b"".join(b"\0" + struct.pack("!H", len(name)) + name for name in names)
    return struct.pack("!H", len(entries)) + entries


SNI, ECH = 0, 0xFE0D
