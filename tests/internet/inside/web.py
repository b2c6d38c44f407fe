# SPDX-License-Identifier: Apache-2.0
"""The fake internet's HTTP and HTTPS servers: one process for all addresses and names; each request is logged with the
address it came to, its SNI and its Host. Paths: / says who answers, /bytes/N, /digest (POST), /ws (a websocket that
echoes), /slow/SECONDS, /count/N (a line each 0.1 s), /git/ (git's smart protocol), all else a file below /srv/www.
"""
import base64
import hashlib
import http.server
import os
import socketserver
import ssl
import struct
import subprocess
import sys
import threading
import time
from control import Control

PATTERN = bytes(range(256)) * 256
CERTIFICATE = "/srv/server.pem"


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 600

    def __init__(self, *arguments):
        self.sni = None
        super().__init__(*arguments, directory="/srv/www")

    def setup(self):
        self.to = self.request.getsockname()
        self.server.control.note(kind="accept", to=self.to[0], port=self.to[1], **{"from": self.client_address[0]})
        if self.server.tls:
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            self.sni = getattr(self.request, "asked_name", None)
            self.server.control.note(kind="hello", to=self.to[0], port=self.to[1], sni=self.sni)
        super().setup()

    def log_message(self, *_):
        pass

    def parse_request(self):
        if not super().parse_request():
            self.server.control.note(kind="bad", to=self.to[0], line=self.raw_requestline.decode("latin-1"))
            return False
        self.server.control.note(kind="http", to=self.to[0], port=self.to[1], tls=bool(self.server.tls), sni=self.sni,
                                 host=self.headers.get("Host"), method=self.command, path=self.path)
        return True

    def answer(self, body, kind="text/plain", status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        word, _, rest = self.path[1:].partition("/")
        if word == "":
            self.answer(f"{self.headers.get('Host')} at {self.to[0]}\n".encode())
        elif word == "bytes":
            self.send_bytes(int(rest))
        elif word == "ws":
            self.websocket()
        elif word == "slow":
            time.sleep(float(rest))
            self.answer(b"at last\n")
        elif word == "count":
            self.count(int(rest))
        elif word == "git":
            self.git(b"")
        else:
            super().do_GET()

    def do_POST(self):
        if self.path == "/digest":
            digest, left = hashlib.sha256(), int(self.headers["Content-Length"])
            while left > 0 and (block := self.rfile.read(min(left, 65536))):
                digest.update(block)
                left -= len(block)
            self.answer(digest.hexdigest().encode())
        else:
            self.git(self.read_body())

    def read_body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def send_bytes(self, left):
        self.send_response(200)
        self.send_header("Content-Length", str(left))
        self.end_headers()
        while left > 0:
            left -= self.wfile.write(PATTERN[:left] if left < len(PATTERN) else PATTERN)

    def count(self, lines):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(lines):
            self.wfile.write(b"%d\n" % number)
            time.sleep(0.1)
        self.close_connection = True

    def websocket(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.close_connection = True
        while True:
            head = self.rfile.read(2)
            if len(head) < 2 or head[0] & 15 == 8:
                return
            size = head[1] & 127
            if size == 126:
                size = struct.unpack("!H", self.rfile.read(2))[0]
            mask, body = self.rfile.read(4), self.rfile.read(size)
            text = bytes(byte ^ mask[index % 4] for index, byte in enumerate(body))
            length = bytes([size]) if size < 126 else b"\x7e" + struct.pack("!H", size)
            self.wfile.write(b"\x81" + length + text)

    def git(self, body):
        path, _, query = self.path.partition("?")
        environment = dict(os.environ, GIT_PROJECT_ROOT="/srv/git", GIT_HTTP_EXPORT_ALL="1", REQUEST_METHOD=self.command,
                           PATH_INFO=path[len("/git"):], QUERY_STRING=query, CONTENT_LENGTH=str(len(body)),
                           CONTENT_TYPE=self.headers.get("Content-Type", ""), GIT_CONFIG_COUNT="1",
                           GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*",
                           HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""))
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        self.answer(content, fields.get("Content-Type", "text/plain"), int(fields.get("Status", "200").split()[0]))


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 1024

    def __init__(self, port, tls, control):
        super().__init__(("0.0.0.0", port), Handler)
        self.control, self.tls = control, None
        if tls:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(CERTIFICATE)
            self.tls.sni_callback = self.note_name
            self.tls.set_alpn_protocols(["http/1.1"])
            if tls == "retry":
                self.tls.set_ecdh_curve("secp384r1")  # clients offer a share of another one: a HelloRetryRequest

    def note_name(self, connection, name, _):  # of each ClientHello
        connection.asked_name = name
        self.control.note(kind="sni", port=self.server_address[1], sni=name)

    def handle_error(self, request, client_address):
        self.control.note(kind="error", what=repr(sys.exc_info()[1]))


def serve(control):
    for port, tls in ((80, False), (443, True), (8080, False), (8443, True), (8444, "retry")):
        threading.Thread(target=Server(port, tls, control).serve_forever, daemon=True).start()


if __name__ == "__main__":
    serve(Control("web"))
    threading.Event().wait()
