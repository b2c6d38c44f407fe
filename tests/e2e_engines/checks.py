#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""checks.py ENGINE PREFIX: what `isag run` promises, under an engine that nothing else on this stage offers.

Run by `engines` as the user, in the stage. For podman isagd must start the engine's service itself; rootless Docker is
started here.
"""
import os
import select
import shutil
import subprocess
import sys
import time

LIMIT_S = 60
BUILD_LIMIT_S = 900
ENGINE, PREFIX = sys.argv[1:3]
HOME = os.environ["HOME"]
PROJECT = HOME + "/project"
ISAG = PREFIX + "/bin/isag"


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


def start_isagd():
    ready, writer = os.pipe()
    with open(HOME + "/isagd.log", "ab") as log:
        daemon = subprocess.Popen([PREFIX + "/bin/isagd", "--ready-fd", str(writer)], pass_fds=[writer],
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    os.close(writer)
    if os.read(ready, 1) != b"R":
        sys.exit(f"isagd does not start: see {HOME}/isagd.log")
    os.close(ready)
    return daemon


def start_rootless_docker():
    socket = os.environ["XDG_RUNTIME_DIR"] + "/docker.sock"
    script = shutil.which("dockerd-rootless.sh", path=os.environ["PATH"] + ":/usr/share/docker.io/contrib")
    if not script:
        sys.exit("dockerd-rootless.sh is missing: it comes with docker")
    with open(HOME + "/dockerd.log", "wb") as log:
        engine = subprocess.Popen([script], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    until("rootless Docker listens", lambda: os.path.exists(socket))
    return engine


def containers():
    command = ["podman"] if ENGINE != "docker-rootless" else \
        ["docker", "-H", "unix://" + os.environ["XDG_RUNTIME_DIR"] + "/docker.sock"]
    return subprocess.run([*command, "ps", "-aq"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()


def check_rights():
    done = isag("run", "--", "bash", "-c", "touch mine; cat /proc/self/status; touch isag.yaml 2>&1", limit=BUILD_LIMIT_S)
    status = dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    expect("a command runs", "NoNewPrivs" in status, done)
    inside = {"docker-rootless": 0, "podman-root": 1000}.get(ENGINE, os.getuid())
    expect(f"its user is {inside}", status["Uid"].split() == [str(inside)] * 4, done)
    empty = all(int(status["Cap" + kind], 16) == 0 for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb"))
    expect("it has no capability", empty, done)
    expect("no-new-privileges and seccomp are set", status["NoNewPrivs"].strip() == "1" and
           status["Seccomp"].strip() == "2", done)
    owner = os.stat(PROJECT + "/mine").st_uid
    expect("what it writes belongs to the person", owner == (os.getuid() or 1000), done)
    said = "Permission denied" if os.getuid() == 0 else "Read-only file system"  # root's file is not the agent's
    expect("isag.yaml can't be written in it", said in done.stdout, done)


def check_home_and_status():
    done = isag("run", "--", "bash", "-c", "touch ~/x ~/.cache/x; echo out; echo err >&2; ulimit -c; whoami; exit 7")
    expect("the command's status comes back", done.returncode == 7, done)
    expect("its home can be written, no core is dumped, it has a name", done.stdout == "out\n0\nisag\n", done)
    expect("stderr is apart", "err\n" in done.stderr, done)
    done = isag("run", "--", "--version")
    expect("the agent runs", done.returncode == 0 and done.stdout.strip(), done)


def check_stop():
    with subprocess.Popen([ISAG, "run", "--", "sleep", "1000"], cwd=PROJECT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        until("isag ps shows it", lambda: "running" in isag("ps").stdout)
        done = isag("stop", "--all")
        expect("isag stop ends it by SIGTERM", client.wait(LIMIT_S) == 128 + 15, done)
    expect("no container is left", containers() == [], done)


def check_killed_daemon(daemon):
    """Returns the next daemon."""
    with subprocess.Popen([ISAG, "run", "--", "sleep", "1000"], cwd=PROJECT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        until("isag ps shows it", lambda: "running" in isag("ps").stdout)
        daemon.kill()
        daemon.wait()
        client.wait(LIMIT_S)
    daemon = start_isagd()
    until("the next isagd has it", lambda: len(isag("ps", "-q").stdout.split()) == 1)
    begin = time.monotonic()
    done = isag("stop", "--all")
    expect("its SIGTERM arrives, though init had yet to dial again", time.monotonic() - begin < 8, done)
    expect("after kill -9 of isagd the next one stops the sandbox", done.returncode == 0 and containers() == [], done)
    return daemon


def main():
    shutil.rmtree(PROJECT, ignore_errors=True)
    os.mkdir(PROJECT)
    if os.getuid() == 0:
        os.chown(PROJECT, 1000, 1000)
    engine = start_rootless_docker() if ENGINE == "docker-rootless" else None
    daemon = start_isagd()
    try:
        done = isag("init")
        expect("isag init writes a file", done.returncode == 0, done)
        print("building the image, where it is not there yet", flush=True)
        check_rights()
        check_home_and_status()
        check_stop()
        daemon = check_killed_daemon(daemon)
    finally:
        isag("stop", "--all")
        daemon.terminate()
        daemon.wait(LIMIT_S)
        if engine:
            engine.terminate()
            engine.wait(LIMIT_S)


main()
