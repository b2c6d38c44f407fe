# SPDX-License-Identifier: Apache-2.0
"""How a server of the fake internet is asked what it saw and told how to behave: a unix socket in a mounted folder.

One JSON line a connection: {"do": NAME, ...} is answered by {"ok": VALUE} or {"error": TEXT}.
"""
import json
import os
import socketserver
import threading
import time


class Control:
    """A server's log, and the handlers of its own words."""

    def __init__(self, name, folder="/control"):
        self.events = []
        self.changed = threading.Condition()
        self.words = {"log": self.log, "wait": self.wait}
        path = f"{folder}/{name}.sock"
        if os.path.exists(path):
            os.unlink(path)
        control = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    request = json.loads(self.rfile.readline())
                    reply = {"ok": control.words[request.pop("do")](**request)}
                except Exception as error:  # told to whoever asked
                    reply = {"error": repr(error)}
                self.wfile.write(json.dumps(reply).encode() + b"\n")

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(path, Handler)
        os.chmod(path, 0o777)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def note(self, **event):
        event["time"] = time.time()
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def log(self, since=0):
        with self.changed:
            return self.events[since:]

    def wait(self, match, since=0, seconds=10):
        """The first event from number `since` on that has all of match's values; None where none comes in time."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                for event in self.events[since:]:
                    if all(event.get(key) == value for key, value in match.items()):
                        return event
                since = max(since, len(self.events))
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                self.changed.wait(left)
