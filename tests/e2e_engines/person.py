# SPDX-License-Identifier: Apache-2.0
"""A person under one engine: what the checks ask isag and the engine by. ENGINE and PREFIX are the program's arguments."""
import os
import select
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT_S = 60
BUILD_LIMIT_S = 900
ENGINE, PREFIX = sys.argv[1:3]
HOME = os.environ["HOME"]
PROJECT = HOME + "/project"
ISAG = PREFIX + "/bin/isag"
REGISTRY = "registry.npmjs.org"
OTHER = "deb.debian.org"
DAEMONS = []  # all that were started
BASE = "docker.io/library/debian:12"
BASE_TAR = "/var/tmp/isag-test/debian-bookworm.tar"  # of tests/tools/base-image, where that was run


def until(what, condition, limit=LIMIT_S):
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{ENGINE}: not within {limit} s: {what}")
        select.select([], [], [], 0.05)


def isag(*arguments, limit=LIMIT_S):
    return subprocess.run([ISAG, *arguments], cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=limit, check=False)


def expect(what, condition, done):
    if not condition:
        sys.exit(f"{ENGINE}: {what}\nstatus {done.returncode}\n{done.stdout}\n{done.stderr}")
    print(f"ok {what}", flush=True)


def engine_command(*arguments):
    command = ["podman"] if ENGINE != "docker-rootless" else \
        ["docker", "-H", "unix://" + os.environ["XDG_RUNTIME_DIR"] + "/docker.sock"]
    return [*command, *arguments]


def engine_lines(*arguments):
    return subprocess.run(engine_command(*arguments), stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def containers():
    return engine_lines("ps", "-aq")


def networks():
    return sorted(engine_lines("network", "ls", "--format", "{{.Name}}"))
