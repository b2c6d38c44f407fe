#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""first_byte.py PREFIX [ROUNDS]: from Enter to the first byte on the terminal, isag run against docker run.

Interleaved rounds, medians, and their ratio; only the ratio means something on another machine. The image, the
config and the engine are the same for both; isag has a daemon and folders of its own, which are gone afterwards.
"""
import json
import os
import pty
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT_S = 60


def first_byte(argv, **options):
    """Milliseconds from starting the program to the first byte that its terminal shows, and to its end."""
    master, slave = pty.openpty()
    begin = time.monotonic()
    process = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=subprocess.PIPE, start_new_session=True, **options)
    os.close(slave)
    first = None
    try:
        while select.select([master], [], [], LIMIT_S)[0]:
            try:
                if not os.read(master, 65536):
                    break
            except OSError:  # the terminal is closed
                break
            first = first or time.monotonic()
        complaints = process.communicate(timeout=LIMIT_S)[1].decode(errors="replace")
    finally:
        os.close(master)
    if process.returncode != 0 or first is None:
        sys.exit(f"bench: {' '.join(argv)} ended with {process.returncode}\n{complaints}")
    return (first - begin) * 1000, (time.monotonic() - begin) * 1000


class Place:
    """A home with a project, a configuration and a daemon, all gone at the end."""

    def __init__(self, prefix):
        self.prefix = prefix
        self.folder = tempfile.mkdtemp(prefix="isag-bench-")
        self.project = self.folder + "/project"
        os.mkdir(self.project)
        os.mkdir(self.folder + "/run", 0o700)
        self.environment = dict(os.environ, HOME=self.folder, XDG_RUNTIME_DIR=self.folder + "/run", TERM="xterm")
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            self.environment.pop(name, None)
        if os.getuid() == 0:  # the agent is an ordinary user, who must reach the project
            os.chmod(self.folder, 0o755)
            os.chown(self.project, 1000, 1000)

    def __enter__(self):
        ready, writer = os.pipe()
        with open(self.folder + "/isagd.log", "wb") as log:
            self.daemon = subprocess.Popen([self.prefix + "/bin/isagd", "--ready-fd", str(writer)], pass_fds=[writer],
                                           env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        os.close(writer)
        if os.read(ready, 1) != b"R":
            sys.exit("bench: isagd does not start:\n" + open(self.folder + "/isagd.log", encoding="utf-8").read())
        os.close(ready)
        self.isag("init")
        return self

    def __exit__(self, *_):
        self.isag("stop", "--all", check=False)
        self.daemon.terminate()
        self.daemon.wait(LIMIT_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def resident_kb(self):
        with open(f"/proc/{self.daemon.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def isag(self, *arguments, check=True):
        done = subprocess.run([self.prefix + "/bin/isag", *arguments], cwd=self.project, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
        if check and done.returncode != 0:
            sys.exit(f"bench: isag {' '.join(arguments)} ended with {done.returncode}")
        return done.stdout.strip()


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    with Place(sys.argv[1]) as place:
        print("bench: building the image (once)", file=sys.stderr)
        image = place.isag("build")
        commands = {
            "isag": ([place.prefix + "/bin/isag", "run", "--", "echo", "."],
                     {"cwd": place.project, "env": place.environment}),
            "docker": (["docker", "run", "--rm", "-it", "--entrypoint", "", image, "echo", "."], {}),
            # What the sandbox gets as long as there is no gate: a bridge costs the engine about as much as all the rest.
            "docker without network": (["docker", "run", "--rm", "-it", "--network", "none", "--entrypoint", "", image,
                                        "echo", "."], {}),
        }
        taken = {name: [] for name in commands}
        for number in range(rounds + 1):
            for name, (argv, options) in commands.items():
                times = first_byte(argv, **options)
                if number > 0:  # the first round warms up
                    taken[name].append(times)
        resident = place.resident_kb()
    first = {name: statistics.median(t[0] for t in times) for name, times in taken.items()}
    whole = {name: statistics.median(t[1] for t in times) for name, times in taken.items()}
    for name in commands:
        print(f"{name:22} first byte {first[name]:7.1f} ms   back at the prompt {whole[name]:7.1f} ms")
    print(f"isagd's memory: {resident} kB resident")
    print(json.dumps({"first_byte_ratio": round(first["isag"] / first["docker"], 3),
                      "first_byte_ratio_without_network": round(first["isag"] / first["docker without network"], 3),
                      "whole_ratio": round(whole["isag"] / whole["docker"], 3), "rounds": rounds}))


if __name__ == "__main__":
    main()
