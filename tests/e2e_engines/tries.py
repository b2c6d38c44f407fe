#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tries.py ALLOWED OTHER ADDRESS RESOLVER...: what the network lets through, tried inside a sandbox (checks.py).

ALLOWED and OTHER are names, ADDRESS is OTHER's, RESOLVERS know both. Prints one JSON object: a try, how it ended ("open", an
address, or the error), and in milliseconds when.
"""
import json
import socket
import ssl
import struct
import sys
import time

LIMIT_S = 15
ALLOWED, OTHER, ADDRESS, *RESOLVERS = sys.argv[1:]


def resolve(name):
    return socket.getaddrinfo(name, 443, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]


def connect(address, port, family=socket.AF_INET):
    made = socket.socket(family, socket.SOCK_STREAM)
    made.settimeout(LIMIT_S)
    made.connect((address, port))
    return made


def https(address, name):
    """The status line of whatever answers there to that name."""
    with ssl.create_default_context().wrap_socket(connect(address, 443), server_hostname=name) as tls:
        tls.sendall(f"HEAD / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        return "open" if tls.recv(9).startswith(b"HTTP/1.") else "no HTTP"


def question(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">HHHHHH", 4711, 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)


def told(reply):
    """The address in a reply to a question for one, else its code: "rcode 3"."""
    if reply[3] & 15 or not reply[7]:
        return f"rcode {reply[3] & 15}"
    return socket.inet_ntoa(reply[-4:])


def ask_udp(server, name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(LIMIT_S)
        asking.connect((server, 53))
        asking.send(question(name))
        return told(asking.recv(1500))


def ask_tcp(server, name):
    with connect(server, 53) as asking:
        sent = question(name)
        asking.sendall(struct.pack(">H", len(sent)) + sent)
        reply = asking.makefile("rb")
        return told(reply.read(struct.unpack(">H", reply.read(2))[0]))


def datagram(address, port, family=socket.AF_INET):
    """Nobody answers it; what is refused says so at the second one."""
    with socket.socket(family, socket.SOCK_DGRAM) as sending:
        sending.settimeout(0.3)
        sending.connect((address, port))
        sending.send(b"x")
        try:
            sending.recv(1)
        except TimeoutError:
            pass
        sending.send(b"x")
        return "open"


TRIES = {
    "resolve allowed": lambda: resolve(ALLOWED),
    "https allowed": lambda: https(resolve(ALLOWED), ALLOWED),
    "resolve other": lambda: resolve(OTHER),
    "https other": lambda: https(resolve(OTHER), OTHER),
    "tcp address": lambda: connect(ADDRESS, 443) and "open",
    "https address": lambda: https(ADDRESS, OTHER),
    "other name at the allowed one": lambda: https(resolve(ALLOWED), OTHER),
    "udp address": lambda: datagram(ADDRESS, 443),
    "tcp ipv6": lambda: connect("2001:4860:4860::8888", 443, socket.AF_INET6) and "open",
    "udp ipv6": lambda: datagram("2001:4860:4860::8888", 443, socket.AF_INET6),
}
for number, resolver in enumerate(RESOLVERS):
    for way, ask in (("udp", ask_udp), ("tcp", ask_tcp)):
        for which, name in (("allowed", ALLOWED), ("other", OTHER)):
            TRIES[f"dns {number} {way} {which}"] = lambda ask=ask, resolver=resolver, name=name: ask(resolver, name)

results = {}
for what, attempt in TRIES.items():
    begin = time.monotonic()
    try:
        result = attempt()
    except (OSError, struct.error, IndexError) as error:
        result = f"{type(error).__name__}: {error}"
    results[what] = [result, round((time.monotonic() - begin) * 1000)]
print(json.dumps(results))
