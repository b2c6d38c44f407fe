# SPDX-License-Identifier: Apache-2.0
"""The test's end of what runs in containers: servers asked over their control sockets, probes over pipes."""
import base64
import json
import queue
import socket
import subprocess
import threading
import time


class Server:
    """A server of the fake internet (inside/control.py)."""

    def __init__(self, path):
        self.path = path
        self.mark = 0

    def ask(self, word, **more):
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(90)
            peer.connect(self.path)
            peer.sendall(json.dumps({"do": word, **more}).encode() + b"\n")
            reply = json.loads(peer.makefile("rb").readline())
        if "error" in reply:
            raise RuntimeError(f"{self.path}: {word}: {reply['error']}")
        return reply["ok"]

    def until_there(self, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.ask("log")
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def forget(self):
        """log() and wait() are of what comes from now on."""
        self.mark = len(self.ask("log"))

    def log(self, **match):
        return [event for event in self.ask("log", since=self.mark)
                if all(event.get(key) == value for key, value in match.items())]

    def wait(self, seconds=10, **match):
        return self.ask("wait", match=match, since=self.mark, seconds=seconds)


class Probe:
    """A program inside (inside/probe.py) that does what it is told: probe.talk(host=..., port=...)."""

    def __init__(self, name, argv, **options):
        self.name = name
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, **options)
        self.replies, self.waiting, self.number = {}, {}, 0
        self.lock = threading.Lock()
        self.complaints = []
        self.readers = [threading.Thread(target=each, daemon=True) for each in (self.read, self.read_errors)]
        for reader in self.readers:
            reader.start()

    def read(self):
        for line in self.process.stdout:
            reply = json.loads(line)
            with self.lock:
                self.waiting.pop(reply["id"]).put(reply)
        with self.lock:
            for each in self.waiting.values():
                each.put({"error": "the probe has ended"})
            self.waiting = None

    def read_errors(self):
        for line in self.process.stderr:
            self.complaints.append(line)

    def start(self, word, **more):
        """Returns a function that waits for the answer."""
        answer = queue.Queue()
        with self.lock:
            if self.waiting is None:
                raise RuntimeError(f"{self.name} has ended: {self.said()}")
            self.number += 1
            self.waiting[self.number] = answer
            self.process.stdin.write(json.dumps({"id": self.number, "do": word, **more}) + "\n")
            self.process.stdin.flush()

        def finish(seconds=120):
            try:
                reply = answer.get(timeout=seconds)
            except queue.Empty:
                raise RuntimeError(f"{self.name}: {word} {more}: no answer in {seconds} s") from None
            if "error" in reply:
                raise RuntimeError(f"{self.name}: {word} {more}: {reply['error']}: {self.said()}")
            return reply["ok"]
        return finish

    def said(self):
        return "".join(self.complaints[-20:])

    def __getattr__(self, word):
        return lambda **more: self.start(word, **more)()

    def end(self, seconds=20):
        """Its input ends, and so does it; its status."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def chunk(data):
    """Bytes as the probe's word `talk` takes them."""
    return base64.b64encode(data if isinstance(data, bytes) else data.encode("latin-1")).decode()
