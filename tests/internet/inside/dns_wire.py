# SPDX-License-Identifier: Apache-2.0
"""DNS messages (RFC 1035), as far as the test resolver and the probes need them; names are bytes, whatever is in them."""
import socket
import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "NULL": 10, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "SVCB": 64,
         "HTTPS": 65, "ANY": 255}
NAMES = {number: name for name, number in TYPES.items()}


def pack_name(labels):
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def name_labels(text):
    """Labels of a dotted name; latin-1, so that any byte can be written."""
    return [label.encode("latin-1") for label in text.rstrip(".").split(".") if label]


def read_name(data, at):
    """(labels, where the name ends)."""
    labels, end, jumps = [], None, 0
    while True:
        size = data[at]
        if size >= 192:
            end = end or at + 2
            at = struct.unpack_from("!H", data, at)[0] & 0x3FFF
            jumps += 1
            if jumps > 20:
                raise ValueError("a name that points in circles")
            continue
        at += 1
        if size == 0:
            return labels, end or at
        labels.append(data[at:at + size])
        at += size


def shown(labels):
    return b".".join(labels).decode("latin-1")


def query(number, labels, kind, extra=b""):
    more = struct.pack("!BHHIH", 0, 41, 1232, 0, 0) if not extra else extra  # EDNS0
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 1) + pack_name(labels) + struct.pack("!HH", kind, 1) + more


def read_question(data):
    """(id, labels, type, the question's bytes)."""
    number, _, questions = struct.unpack_from("!HHH", data)
    if questions != 1:
        raise ValueError("not one question")
    labels, end = read_name(data, 12)
    return number, labels, struct.unpack_from("!H", data, end)[0], data[12:end + 4]


def record(labels, kind, ttl, value):
    if kind == "A":
        data = socket.inet_pton(socket.AF_INET, value)
    elif kind == "AAAA":
        data = socket.inet_pton(socket.AF_INET6, value)
    elif kind == "CNAME":
        data = pack_name(name_labels(value))
    else:
        text = value.encode("latin-1")
        data = bytes([len(text)]) + text
    return pack_name(labels) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data)) + data


def reply(number, question, records, rcode=0, truncated=False):
    flags = 0x8180 | rcode | (0x0200 if truncated else 0)
    return struct.pack("!HHHHHH", number, flags, 1 if question else 0, len(records), 0, 0) + question + b"".join(records)


def read_reply(data):
    """{"id", "rcode", "truncated", "answers": [[name, type, ttl, value]], "extended": [code, text]}"""
    number, flags, questions, answers, authority, additional = struct.unpack_from("!HHHHHH", data)
    at = 12
    for _ in range(questions):
        at = read_name(data, at)[1] + 4
    out = {"id": number, "rcode": flags & 15, "truncated": bool(flags & 0x0200), "answers": [], "extended": None}
    for index in range(answers + authority + additional):
        labels, at = read_name(data, at)
        kind, _, ttl, size = struct.unpack_from("!HHIH", data, at)
        at += 10
        value = data[at:at + size]
        if index < answers:
            out["answers"].append([shown(labels), NAMES.get(kind, str(kind)), ttl, read_value(data, at, kind, value)])
        if kind == 41 and len(value) >= 6 and value[:2] == b"\0\x0f":  # RFC 8914
            length = struct.unpack_from("!H", value, 2)[0]
            out["extended"] = [struct.unpack_from("!H", value, 4)[0], value[6:4 + length].decode("utf-8", "replace")]
        at += size
    return out


def read_value(data, at, kind, value):
    if kind == TYPES["A"]:
        return socket.inet_ntop(socket.AF_INET, value)
    if kind == TYPES["AAAA"]:
        return socket.inet_ntop(socket.AF_INET6, value)
    if kind == TYPES["CNAME"]:
        return shown(read_name(data, at)[0])
    return value.decode("latin-1")
