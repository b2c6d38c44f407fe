# SPDX-License-Identifier: Apache-2.0
"""What a probe can try, each a function whose result is plain values: names, connections, TLS, datagrams, commands."""
import base64
import errno
import os
import socket
import ssl
import struct
import subprocess
import time
import dns_wire

HELD = {}


def told(begin, error=None, **more):
    """The result of one try: error is a word ("ECONNREFUSED", "timeout") or None; ms is how long it took."""
    if isinstance(error, TimeoutError):
        error = "timeout"
    elif isinstance(error, ssl.SSLError):
        error = "tls: " + (error.reason or str(error))
    elif isinstance(error, (socket.gaierror, UnicodeError)):
        error = "name"
    elif isinstance(error, OSError):
        error = errno.errorcode.get(error.errno, str(error))
    return {"error": error, "ms": (time.monotonic() - begin) * 1000, **more}


def resolve(name):
    begin = time.monotonic()
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        return told(begin, addresses=[entry[4][0] for entry in found])
    except (OSError, UnicodeError) as error:
        return told(begin, error, addresses=[])


def dns(name="", kind="A", server=None, tcp=False, labels=None, raw=None, seconds=5, source_port=0):
    """One query; labels (a list of latin-1 texts) or raw (base64) where name can't express it."""
    if server is None:
        server = next(line.split()[1] for line in open("/etc/resolv.conf", encoding="ascii") if line[:11] == "nameserver ")
    asked = [label.encode("latin-1") for label in labels] if labels is not None else dns_wire.name_labels(name)
    data = base64.b64decode(raw) if raw else dns_wire.query(os.getpid() & 0xFFFF, asked, dns_wire.TYPES[kind])
    begin = time.monotonic()
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as peer:
            peer.settimeout(seconds)
            if source_port:
                peer.bind(("", source_port))
            peer.connect((server, 53))
            peer.sendall(len(data).to_bytes(2, "big") + data if tcp else data)
            if tcp:
                stream = peer.makefile("rb")
                reply = stream.read(int.from_bytes(stream.read(2), "big"))
            else:
                reply = peer.recv(65536)
        if not reply:
            return told(begin, "closed")
        try:
            return told(begin, **dns_wire.read_reply(reply))
        except (IndexError, ValueError, struct.error):
            return told(begin, "no DNS message: " + reply.hex())
    except OSError as error:
        return told(begin, error)


def talk(host, port, chunks=(), seconds=5, until="", hold=None, gap=0.0):
    """Connects, sends the chunks (base64), reads to the end, or until the text was read; told is what came."""
    begin, got, peer = time.monotonic(), b"", None
    try:
        peer = socket.create_connection((host, port), timeout=seconds)
        connected = (time.monotonic() - begin) * 1000
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for chunk in chunks:
            peer.sendall(base64.b64decode(chunk))
            time.sleep(gap)
        try:
            while not until or until.encode("latin-1") not in got:
                data = peer.recv(65536)
                if not data:
                    break
                got += data
            result = told(begin, connected=connected, got=got[:65536].decode("latin-1"))
        except OSError as error:
            result = told(begin, error, connected=connected, got=got.decode("latin-1"))
    except (OSError, UnicodeError) as error:
        result = told(begin, error, connected=None, got="")
    if hold and result["error"] is None:
        HELD[hold] = peer
    elif peer:
        peer.close()
    return result


def tls(host, port=443, sni="", alpn=(), path="/", trust=None, http_host=None, seconds=10, hold=None):
    """A TLS handshake with that SNI (default: host; None: none), and a request in it."""
    context = ssl.create_default_context(cafile=trust)
    if not trust:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    name = host if sni == "" else sni
    begin = time.monotonic()
    try:
        raw = socket.create_connection((host, port), timeout=seconds)
        peer = context.wrap_socket(raw, server_hostname=name)
        peer.sendall(f"GET {path} HTTP/1.1\r\nHost: {http_host or name or host}\r\nConnection: close\r\n\r\n".encode())
        got = b""
        while data := peer.recv(65536):
            got += data
        return told(begin, got=got.decode("latin-1"), alpn=peer.selected_alpn_protocol())
    except OSError as error:
        return told(begin, error, got="")


def second_hello(host, port, name, seconds=5):
    """A handshake whose first ClientHello is for the host, and the second, which the server asks for, for that name of
    the same length: nothing else can be changed in it, and so the handshake fails unless they are the same."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    heard, said, begin = ssl.MemoryBIO(), ssl.MemoryBIO(), time.monotonic()
    client = context.wrap_bio(heard, said, server_hostname=host)
    hellos = 0
    try:
        with socket.create_connection((host, port), timeout=seconds) as peer:
            while True:
                try:
                    client.do_handshake()
                    peer.sendall(said.read())
                    return told(begin, hellos=hellos, got="done")
                except ssl.SSLWantReadError:
                    data = said.read()
                    hellos += data.count(host.encode())
                    peer.sendall(data if hellos < 2 else data.replace(host.encode(), name.encode()))
                    heard.write(peer.recv(65536) or b"\x15\x03\x03\0\2\2\0")
    except OSError as error:
        return told(begin, error, hellos=hellos, got="")


def datagram(host, port, data="x", seconds=2, kind="udp"):
    """Sends one and waits for an answer or an error."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    number = {"udp": 0, "icmp": socket.IPPROTO_ICMP, "udplite": 136, "sctp": 132}[kind]
    begin = time.monotonic()
    try:
        with socket.socket(family, socket.SOCK_DGRAM if kind != "sctp" else socket.SOCK_STREAM, number) as peer:
            peer.settimeout(seconds)
            peer.connect((host, port))
            peer.send(b"\x08\0\0\0\0\1\0\1" + data.encode("latin-1") if kind == "icmp" else data.encode("latin-1"))
            return told(begin, got=peer.recv(65536).decode("latin-1"))
    except OSError as error:
        return told(begin, error)


def run(argv, seconds=60, env=None, input=""):
    begin = time.monotonic()
    try:
        done = subprocess.run(argv, env=dict(os.environ, **(env or {})), input=input.encode("latin-1"), timeout=seconds,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return told(begin, status=done.returncode, out=done.stdout.decode("utf-8", "replace")[-200000:],
                    err=done.stderr.decode("utf-8", "replace")[-200000:])
    except subprocess.TimeoutExpired as late:
        return told(begin, "timeout", status=-1, out=(late.stdout or b"").decode("utf-8", "replace"),
                    err=(late.stderr or b"").decode("utf-8", "replace"))
    except OSError as error:
        return told(begin, error, status=-1, out="", err="")
