#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""checks.py ENGINE PREFIX: what `isag run` promises, under an engine that nothing else on this stage offers.

Run by `engines` as the user, in the stage. For podman isagd must start the engine's service itself; rootless Docker is
started here.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from connections import check_connections
from person import (BASE, BASE_TAR, BUILD_LIMIT_S, DAEMONS, ENGINE, HERE, HOME, ISAG, LIMIT_S, OTHER, PREFIX, PROJECT, REGISTRY,
                    containers, engine_command, engine_lines, expect, isag, networks, until)


def start_isagd():
    ready, writer = os.pipe()
    with open(HOME + "/isagd.log", "ab") as log:
        daemon = subprocess.Popen([PREFIX + "/bin/isagd", "--ready-fd", str(writer)], pass_fds=[writer],
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    os.close(writer)
    if os.read(ready, 1) != b"R":
        sys.exit(f"isagd does not start: see {HOME}/isagd.log")
    os.close(ready)
    DAEMONS.append(daemon)
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


def give_base():
    there = subprocess.run(engine_command("image", "inspect", BASE), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False).returncode == 0
    if not there and os.access(BASE_TAR, os.R_OK):
        subprocess.run(engine_command("import", BASE_TAR, BASE), stdout=subprocess.DEVNULL, check=True)


def write_rules():
    """The starter's list of names without its resolvers, so that this machine's own are asked, and one name more."""
    path = PROJECT + "/isag.yaml"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text, removed = re.subn(r"(?m)^  dns:.*\n", "", text)
    text, added = re.subn(r"(?m)^  domains:.*\n", f"\\g<0>    - {REGISTRY}:443\n", text)
    text, based = re.subn(r"(?m)^  base_image: \S+", "  base_image: debian:12", text)
    if (removed, added, based) != (1, 1, 1):
        sys.exit(f"the starter's text is not as it was:\n{text}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


# Each line is a word and what became of it.
FILES = """
echo "resolver $(grep -v '^#' /etc/resolv.conf)"
echo "hosts $(tr -s '\t\n' ' ;' </etc/hosts)"
echo "hostname $(cat /etc/hostname)"
"""


def check_files():
    done = isag("run", "--", "bash", "-c", FILES)
    found = dict((line + " ").split(" ", 1) for line in done.stdout.splitlines())
    found = {word: rest.strip() for word, rest in found.items()}
    expect("the gate is its only resolver", found.get("resolver") == "nameserver 198.18.0.1", done)
    expect("its hosts file names itself and nothing else", found.get("hosts") ==
           f"127.0.0.1 localhost;127.0.0.1 {found['hostname']};::1 ip6-localhost ip6-loopback;", done)


def resolvers():
    """Those of this machine that a container can ask, and slirp4netns's own."""
    with open("/etc/resolv.conf", encoding="utf-8") as file:
        here = re.findall(r"(?m)^nameserver\s+(\d+\.\d+\.\d+\.\d+)", file.read())
    return [address for address in here if not address.startswith("127.")] + ["10.0.2.3"]


def tries(asked, *options):
    """What tries.py found, and how the run of it ended."""
    shutil.copy(HERE + "/tries.py", PROJECT + "/tries.py")
    done = isag("run", *options, "--", "python3", "tries.py", REGISTRY, OTHER, socket.gethostbyname(OTHER), *asked, limit=300)
    try:
        return json.loads(done.stdout), done
    except ValueError:
        return sys.exit(f"{ENGINE}: tries.py failed\n{done.stdout}\n{done.stderr}")


def ended(found, what, *endings):
    return found[what][0].startswith(endings)


def check_unprotected():
    """The same works where nothing forbids it; returns the resolvers that answer there."""
    with open(PROJECT + "/isag.yaml", encoding="utf-8") as file:
        text, changed = re.subn(r"(?m)^limit_network:\n(?:  .*\n)+", "limit_network: null\n", file.read())
    with open(PROJECT + "/open.yaml", "w", encoding="utf-8") as file:
        file.write(text)
    asked = resolvers()
    found, done = tries(asked, "-c", "open.yaml")
    for what in ("https allowed", "https other", "tcp address", "https address"):
        expect(f"without rules: {what}", changed == 1 and ended(found, what, "open"), done)
    # Refused by an ICMP answer it has arrived as well; the firewall's own refusal is a PermissionError.
    expect("without rules: udp address", ended(found, "udp address", "open", "ConnectionRefusedError"), done)
    answering = [server for number, server in enumerate(asked) if found[f"dns {number} udp other"][0][0].isdigit()]
    expect(f"without rules: a resolver answers ({', '.join(answering)})", answering, done)
    return answering


def check_firewall(asked):
    found, done = tries(asked)
    expect("an allowed name has a synthetic address", ended(found, "resolve allowed", "198.18."), done)
    expect("and answers through the gate", ended(found, "https allowed", "open"), done)
    for what in ("resolve other", "https other"):
        expect(f"refused: {what}", ended(found, what, "gaierror"), done)
    for what in ("tcp address", "https address", "tcp ipv6"):
        expect(f"refused: {what}", ended(found, what, "ConnectionRefusedError", "OSError: [Errno 101]", "OSError: [Errno 99]"), done)
    for what in ("udp address", "udp ipv6"):
        expect(f"refused: {what}", ended(found, what, "PermissionError", "OSError: [Errno 101]", "OSError: [Errno 99]"), done)
    expect("refused: other name at the allowed one", ended(found, "other name at the allowed one", "SSLError"), done)
    for number, server in enumerate(asked):
        for way in ("udp", "tcp"):
            expect(f"refused: another name asked of {server} by {way}", ended(found, f"dns {number} {way} other", "rcode 3"), done)
            expect("an allowed name is the gate's there too", ended(found, f"dns {number} {way} allowed", "198.18."), done)
    slow = {what: took for what, (_, took) in found.items() if took > 2000 and what != "https allowed"}
    expect("all of it at once", slow == {}, done)
    expect("at its end stderr names what was refused", OTHER in done.stderr, done)


def check_gate():
    before = networks()
    with subprocess.Popen([ISAG, "run", "--", "bash", "-c", "getent hosts other.example; readlink /proc/self/ns/net; "
                           "exec sleep 1000"], cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as client:
        inside = client.stdout.readline().strip()
        done = isag("ps")
        ids = {role: engine_lines("ps", "-q", "--filter", "label=isag.role=" + role) for role in ("gate", "agent")}
        expect("gate and agent are a container each", [len(ids[role]) for role in ids] == [1, 1], done)
        expect("the agent's network namespace is no other's but the gate's",
               inside.startswith("net:") and inside != os.readlink("/proc/self/ns/net"), done)
        joined = engine_lines("inspect", "-f", "{{.HostConfig.NetworkMode}}", ids["agent"][0])[0]
        expect("the engine says so too", joined.startswith("container:" + ids["gate"][0]), done)
        done = isag("net", "show")
        expect("isag net show tells the rules", done.returncode == 0 and f"{REGISTRY}:443" in done.stdout, done)
        done = isag("net", "show", "--ruleset")
        expect("and what nft has loaded", done.returncode == 0 and "table inet" in done.stdout, done)
        expect("isag net check allows the one", isag("net", "check", REGISTRY).returncode == 0, done)
        expect("and denies the other", isag("net", "check", "other.example").returncode == 1, done)
        done = isag("net", "log", "--json")
        refused = [event.get("target") for event in json.loads(done.stdout or "[]")]
        expect("isag net log tells the refusal", "other.example" in refused, done)
        done = isag("stop", "--all")
        client.wait(LIMIT_S)
    expect("no container and no network is left", containers() == [] and
           [name for name in networks() if name not in before or name.startswith("isag")] == [], done)


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


def check_covers():
    """isag.yaml is read-only inside, and stays so when it is saved as editors do."""
    done = isag("run", "-d", "--name", "covered", "--", "sleep", "1000")
    expect("isag run -d starts one more", done.returncode == 0, done)
    file = PROJECT + "/isag.yaml"
    before = len(json.loads(isag("events", "--json").stdout))
    shutil.copy(file, file + ".new")
    os.replace(file + ".new", file)

    def told():
        events = json.loads(isag("events", "--json").stdout or "[]")[before:]
        return [e for e in events if e["what"] == "sandbox.unpaused" or e["details"].get("why")]
    until("isagd is through with it", told)
    why = told()[0]["details"].get("why")
    if why and "can't be paused" in why:  # rootless, without cgroups version 2
        expect("it can't be paused, and is killed", not isag("ps", "-q").stdout, done)
    else:
        expect(f"it was covered again (not: {why})", not why, done)
        done = isag("exec", "covered", "--", "sh", "-c", "echo x >> isag.yaml")
        expect("it is read-only as before", done.returncode != 0, done)
    done = isag("stop", "--all")
    expect("nothing of it is left", done.returncode == 0 and containers() == [], done)


def check_killed_daemon():
    done = isag("run", "-d", "--", "sleep", "1000")
    expect("isag run -d starts another", done.returncode == 0, done)
    DAEMONS[-1].kill()
    DAEMONS[-1].wait()
    start_isagd()
    until("the next isagd has it", lambda: len(isag("ps", "-q").stdout.split()) == 1)
    begin = time.monotonic()
    done = isag("stop", "--all")
    taken = time.monotonic() - begin
    expect("after kill -9 of isagd the next one stops the sandbox", done.returncode == 0 and containers() == [], done)
    expect(f"its SIGTERM arrives ({taken:.1f} s), though init had yet to dial again", taken < 8, done)


def main():
    shutil.rmtree(PROJECT, ignore_errors=True)
    os.mkdir(PROJECT)
    if os.getuid() == 0:
        os.chown(PROJECT, 1000, 1000)
    engine = start_rootless_docker() if ENGINE == "docker-rootless" else None
    give_base()
    start_isagd()
    try:
        done = isag("init")
        expect("isag init writes a file", done.returncode == 0, done)
        write_rules()
        print("building the image, where it is not there yet", flush=True)
        check_rights()
        check_home_and_status()
        check_files()
        check_firewall(check_unprotected())
        check_gate()
        check_connections()
        check_stop()
        check_covers()
        check_killed_daemon()
    finally:
        isag("stop", "--all")
        for daemon in DAEMONS:
            daemon.terminate()
            daemon.wait(LIMIT_S)
        if engine:
            engine.terminate()
            engine.wait(LIMIT_S)


main()
