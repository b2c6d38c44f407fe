#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""terminal.py PREFIX [ROUNDS]: keystrokes and bulk output in a terminal, through isag run, docker run -it and none at
all; exec against docker exec; output without a terminal.

Interleaved rounds, medians, and ratios; only these mean something on another machine.
"""
import fcntl
import json
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time
from first_byte import LIMIT_S, Place

KEYS = 100
BULK = 20_000_000
PIPE = 200_000_000
# Echoes keys until q.
ECHO = "import os,tty\ntty.setraw(0)\nos.write(1,b'READY')\nwhile (k:=os.read(0,1))!=b'q': os.write(1,k)\n"


class Terminal:
    def __init__(self, argv, **options):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=subprocess.DEVNULL,
                                        start_new_session=True, **options)
        os.close(slave)

    def read(self):
        if not select.select([self.master], [], [], LIMIT_S)[0]:
            sys.exit("bench: a terminal is silent")
        try:
            return os.read(self.master, 1 << 16)
        except OSError:
            return b""

    def until(self, mark):
        text = b""
        while mark not in text:
            more = self.read()
            if not more:
                sys.exit(f"bench: ended before {mark}: {text[-300:]}")
            text = text[-64:] + more

    def end(self):
        self.process.wait(LIMIT_S)
        os.close(self.master)


def keystrokes(argv, **options):
    """Median microseconds from a key to its echo by a program in raw mode."""
    terminal = Terminal([*argv, "python3", "-c", ECHO], **options)
    terminal.until(b"READY")
    times = []
    for _ in range(KEYS):
        begin = time.monotonic()
        os.write(terminal.master, b"k")
        terminal.until(b"k")
        times.append((time.monotonic() - begin) * 1e6)
    os.write(terminal.master, b"q")
    terminal.end()
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def bulk(argv, **options):
    """MB/s of lines through the terminal."""
    script = f"printf BEGIN; yes {'x' * 78} | head -c {BULK}; printf THE-END"
    terminal = Terminal([*argv, "sh", "-c", script], **options)
    terminal.until(b"BEGIN")
    begin = time.monotonic()
    terminal.until(b"THE-END")
    rate = BULK / (time.monotonic() - begin) / 1e6
    terminal.end()
    return rate


def pipe(argv, **options):
    """MB/s through stdout where that is a pipe."""
    with subprocess.Popen([*argv, "sh", "-c", f"printf B; head -c {PIPE} /dev/zero"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **options) as process:
        process.stdout.read(1)
        begin, size = time.monotonic(), 0
        while block := os.read(process.stdout.fileno(), 1 << 20):
            size += len(block)
        rate = size / (time.monotonic() - begin) / 1e6
        process.stdin.close()
    return rate


def duration(argv, **options):
    begin = time.monotonic()
    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, **options)
    return (time.monotonic() - begin) * 1000


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with Place(sys.argv[1]) as place:
        image = place.isag("build")
        isag = place.prefix + "/bin/isag"
        inside = {"cwd": place.project, "env": place.environment}
        docker = ["docker", "run", "--rm", "--entrypoint", "", "-i"]
        name = place.isag("run", "-d", "--", "sleep", "100000")
        held = subprocess.run(["docker", "run", "-d", "--rm", "--entrypoint", "", image, "sleep", "100000"],
                              stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        taken = {}

        def take(what, who, value):
            taken.setdefault((what, who), []).append(value)
        try:
            for _ in range(rounds):
                for who, argv, options in (("isag", [isag, "run", "--"], inside), ("docker", [*docker, "-t", image], {}),
                                           ("bare", [], {})):
                    p50, p99 = keystrokes(argv, **options)
                    take("keystroke p50 us", who, p50)
                    take("keystroke p99 us", who, p99)
                    take("bulk MB/s", who, bulk(argv, **options))
                    if who != "bare":
                        take("pipe MB/s", who, pipe(argv if who == "isag" else [*docker, image], **options))
                take("exec ms", "isag", duration([isag, "exec", name, "true"], **inside))
                take("exec ms", "docker", duration(["docker", "exec", held, "true"]))
        finally:
            subprocess.run(["docker", "rm", "-f", held], stdout=subprocess.DEVNULL, check=False)
        resident = place.resident_kb()
    middle = {key: statistics.median(values) for key, values in taken.items()}
    for (what, who), value in middle.items():
        print(f"{what:18} {who:8} {value:10.1f}")
    print(f"isagd's memory: {resident} kB resident")
    print(json.dumps({what + " ratio": round(middle[what, "isag"] / middle[what, "docker"], 3)
                      for what, who in middle if who == "isag"}))


if __name__ == "__main__":
    main()
