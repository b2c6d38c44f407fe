# SPDX-License-Identifier: Apache-2.0
"""What a probe can try again and again, or hold: many connections, sweeps of ports, latencies, an agent's own server."""
import base64
import errno
import select
import socket
import ssl
import threading
import time
from tries import HELD, told


def client_hello(sni="", alpn=()):
    """What a TLS client would send first (base64)."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    out = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=sni or None).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return base64.b64encode(out.read()).decode()


def sweep(host, port, kind="udp", data="", first=32768, last=60999):
    """Tries each of these source ports, without waiting for answers; how many could be sent or connected."""
    sent, errors = 0, {}
    for source in range(first, last + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as peer:
            try:
                peer.settimeout(0.5)
                peer.bind(("", source))
                if kind == "udp":
                    peer.sendto(base64.b64decode(data), (host, port))
                else:
                    peer.connect((host, port))
                sent += 1
            except OSError as error:
                word = errno.errorcode.get(error.errno, "timeout")
                errors[word] = errors.get(word, 0) + 1
    return {"sent": sent, "errors": errors}


def grab(ports, seconds, kind="tcp"):
    """Tries to bind these ports again and again: how often each way worked."""
    got, begin = [], time.monotonic()
    while time.monotonic() < begin + seconds:
        for port in ports:
            for option in (None, socket.SO_REUSEADDR, socket.SO_REUSEPORT):
                for address in ("", "127.0.0.1", "0.0.0.0"):
                    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as peer:
                        try:
                            if option:
                                peer.setsockopt(socket.SOL_SOCKET, option, 1)
                            peer.bind((address, port))
                            if kind == "tcp":
                                peer.listen()
                            got.append([port, option, address, time.monotonic() - begin])
                        except OSError:
                            pass
        time.sleep(0.001)
    return got


def serve(name, port):
    """A server of the agent's own, on loopback: answers each connection with its name."""
    listener = socket.create_server(("127.0.0.1", port))
    HELD[name] = listener

    def loop():
        while True:
            try:
                peer = listener.accept()[0]
            except OSError:
                return
            peer.sendall(name.encode())
            peer.close()
    threading.Thread(target=loop, daemon=True).start()


def latency(host, port=7000, count=200, path=None):
    """Round trips on one connection, in ms: the median and the worst."""
    taken = []
    with socket.create_connection((host, port), timeout=10) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if path is None:
            peer.recv(16)
        request = b"x" * 63 + b"\n" if path is None else f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        for _ in range(count):
            begin = time.monotonic()
            peer.sendall(request)
            peer.recv(65536)
            taken.append((time.monotonic() - begin) * 1000)
    taken.sort()
    return {"median": taken[len(taken) // 2], "p99": taken[len(taken) * 99 // 100], "worst": taken[-1]}


def idle(name, host, port, count):
    """Holds that many connections open, each after its first bytes; how many there are."""
    peers = HELD.setdefault(name, [])
    address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4]
    begin = time.monotonic()
    try:
        for _ in range(count):
            peers.append(socket.create_connection(address, timeout=10))
        for peer in peers:
            peer.recv(16)
        return told(begin, count=len(peers))
    except OSError as error:
        return told(begin, error, count=len(peers))


def held(name, send="", seconds=5, read=True):
    """Sends on what is held, and what comes back."""
    peer, begin = HELD[name], time.monotonic()
    try:
        peer.settimeout(seconds)
        if send:
            peer.sendall(send.encode("latin-1"))
        data = peer.recv(65536) if read else b""
        return told(begin, got=data.decode("latin-1"), closed=read and not data)
    except OSError as error:
        return told(begin, error, got="", closed=False)


def drop(name):
    peers = HELD.pop(name, [])
    for peer in peers if isinstance(peers, list) else [peers]:
        peer.close()


def refusals(addresses, port, count, seconds):
    """Connects that are refused, evenly over the time; how long each took, in ms, as sorted figures."""
    taken, errors, begin = [], {}, time.monotonic()
    for number in range(count):
        at = begin + number * seconds / count
        while time.monotonic() < at:
            select.select([], [], [], max(0, at - time.monotonic()))
        start = time.monotonic()
        try:
            socket.create_connection((addresses[number % len(addresses)], port), timeout=5).close()
            word = "connected"
        except OSError as error:
            word = told(start, error)["error"]
        errors[word] = errors.get(word, 0) + 1
        taken.append((time.monotonic() - start) * 1000)
    taken.sort()
    return {"errors": errors, "median": taken[len(taken) // 2], "worst": taken[-1], "p99": taken[len(taken) * 99 // 100],
            "seconds": time.monotonic() - begin}


def hello():
    return {"uid": os.getuid(), "pid": os.getpid()}
