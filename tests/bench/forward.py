#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""forward.py PREFIX [ROUNDS]: a port of a sandbox by `isag ssh -L`, beside plain loopback, docker's published
port (docker-proxy) and ssh -L through `docker exec` into an sshd. Interleaved rounds, medians; only the ratios mean
something on another machine. Processor time is that of both ends and of all that lies between.
"""
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
from first_byte import Place

HERE = os.path.dirname(os.path.abspath(__file__))
PORTS = (9001, 9002, 9003)
SECONDS, CROWD = 1.0, 50
AGAIN = "127.0.0.9"  # where the forwards listen whose start is timed
TICK = os.sysconf("SC_CLK_TCK")
MODES = ("bulk", "request", "crowd", "connect")


def docker(*words):
    done = subprocess.run(["docker", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def processes(wanted):
    """The ids of those whose command line, a list of words, is wanted."""
    out = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", encoding="utf-8", errors="replace") as file:
                if wanted(file.read().split("\0")):
                    out.append(int(name))
        except OSError:  # it has ended
            pass
    return out


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rpartition(")")[2].split()[1])


def process_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return sum(int(word) for word in file.read().rpartition(")")[2].split()[11:13]) / TICK


def container_seconds(pid):
    """The processor time of the control group of that process: those that have ended count too."""
    with open(f"/proc/{pid}/cgroup", encoding="ascii") as file:
        groups = dict(line.strip().split(":", 2)[1:] for line in file)
    for controllers, path in groups.items():
        if "cpuacct" in controllers.split(","):
            with open(f"/sys/fs/cgroup/{controllers}{path}/cpuacct.usage", encoding="ascii") as file:
                return int(file.read()) / 1e9
    with open(f"/sys/fs/cgroup{groups['']}/cpu.stat", encoding="ascii") as file:
        return int(file.readline().split()[1]) / 1e6


def answers(address):
    with socket.socket() as probe:
        probe.settimeout(2)
        try:
            probe.connect((address, PORTS[2]))
            return probe.recv(1) == b"x"
        except OSError:
            return False


def wait_for(address, process):
    """Until the server answers there, in ms from now."""
    begin = time.monotonic()
    while not answers(address):
        if process.poll() is not None or time.monotonic() - begin > 30:
            sys.exit(f"bench: {process.args} does not forward")
        time.sleep(0.001)
    return (time.monotonic() - begin) * 1000


class Way:
    """One way to the server: where it is asked, and what does work on the way."""

    def __init__(self, address, container, folder, pids=(), inside=()):
        self.address, self.container, self.folder = address, container, folder
        self.pids, self.inside = list(pids), list(inside)

    def seconds(self):
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = 0 if self.inside else children.ru_utime + children.ru_stime
        return own + container_seconds(self.container) + sum(process_seconds(pid) for pid in self.pids)

    def load(self, mode):
        before = self.seconds()
        words = ["net_load", mode, self.address, str(SECONDS)]
        if mode == "crowd":
            words = ["crowd_load", self.address, str(PORTS[1]), str(SECONDS), str(CROWD)]
        done = subprocess.run([*self.inside, f"{self.folder}/{words[0]}", *words[1:]], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, check=True)
        told = json.loads(done.stdout)
        told["cpu"] = self.seconds() - before
        return told


class Bench:
    def __init__(self, prefix):
        self.place = Place(prefix)
        self.ways, self.forwards, self.ready = {}, {}, {}
        self.children, self.containers = [], []

    def __enter__(self):
        place = self.place.__enter__()
        self.isag = place.prefix + "/bin/isag"
        for name in ("net_load", "crowd_load"):
            program = f"{place.project}/{name}"
            subprocess.run(["g++", "-std=c++20", "-O2", "-static", "-o", program, f"{HERE}/{name}.cpp"], check=True)
            os.chmod(program, 0o755)
        print("bench: building the image (once)", file=sys.stderr)
        self.image = place.isag("build")
        self.start_isag()
        self.start_docker()
        self.start_ssh()
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.terminate()
            child.wait(10)
        for container in self.containers:
            docker("rm", "-f", container)
        self.place.__exit__()

    def start(self, argv):
        child = subprocess.Popen(argv, cwd=self.place.project, env=self.place.environment, stdin=subprocess.DEVNULL)
        self.children.append(child)
        return child

    def spawn(self, argv, address, name):
        child = self.start(argv)
        wait_for(address, child)
        self.forwards[name] = argv, address
        return child

    def time_ready(self, name):
        """How long another of the same kind takes until the server answers through it, in ms."""
        argv, address = self.forwards[name]
        child = self.start([word.replace(address, AGAIN) for word in argv])
        taken = wait_for(AGAIN, child)
        child.terminate()
        child.wait(10)
        return taken

    def start_isag(self):
        before = set(docker("ps", "-q", "--no-trunc", "--filter", "label=isag.role=agent").split())
        self.place.isag("run", "-d", "--", "./net_load", "serve")
        agent, = set(docker("ps", "-q", "--no-trunc", "--filter", "label=isag.role=agent").split()) - before
        server = int(docker("inspect", "-f", "{{.State.Pid}}", agent))
        forwards = [word for port in PORTS for word in ("-L", f"127.0.0.2:{port}:localhost:{port}")]
        child = self.spawn([self.isag, "ssh", "-N", *forwards], "127.0.0.2", "isag")
        self.ways["isag"] = Way("127.0.0.2", server, self.place.project, [child.pid, self.place.daemon.pid])

    def start_docker(self):
        published = [word for port in PORTS for word in ("-p", f"127.0.0.3:{port}:{port}")]
        self.box = docker("run", "-d", "--user", "0", "--entrypoint", "", "-v", f"{self.place.project}:/bench:ro", *published,
                          self.image, "/bench/net_load", "serve")
        self.containers.append(self.box)
        self.server = int(docker("inspect", "-f", "{{.State.Pid}}", self.box))
        proxies = processes(lambda words: words[0].endswith("docker-proxy") and "127.0.0.3" in words)
        self.ways["loopback"] = Way("127.0.0.1", self.server, "/bench", inside=["docker", "exec", self.box])
        if proxies:
            self.ways["docker-proxy"] = Way("127.0.0.3", self.server, self.place.project, proxies)

    def start_ssh(self):
        has_sshd = subprocess.run(["docker", "exec", self.box, "test", "-x", "/usr/sbin/sshd"], check=False).returncode == 0
        if not shutil.which("ssh") or not has_sshd:
            print("bench: no ssh here or no sshd in the image: that way is not measured", file=sys.stderr)
            return
        folder = self.place.folder
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder + "/key"], check=True)
        for name in ("key", "key.pub"):
            docker("cp", f"{folder}/{name}", f"{self.box}:/root/{name}")
        docker("exec", self.box, "sh", "-c", "mkdir -p /run/sshd; chown 0:0 /root/key*; chmod 600 /root/key")
        sshd = f"docker exec -i {self.box} /usr/sbin/sshd -i -f /dev/null -h /root/key -o AuthorizedKeysFile=/root/key.pub " \
               "-o StrictModes=no"
        forwards = [word for port in PORTS for word in ("-L", f"127.0.0.4:{port}:localhost:{port}")]
        child = self.spawn(["ssh", "-N", "-F", "none", "-i", folder + "/key", "-o", "UserKnownHostsFile=/dev/null", "-o",
                            "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR", "-o", "ProxyCommand=" + sshd, *forwards,
                            "root@bench"], "127.0.0.4", "ssh")
        helpers = processes(lambda words: words[0].endswith("docker") and words[1:4] == ["exec", "-i", self.box])
        engine = processes(lambda words: words[0].rpartition("/")[2] == "dockerd")
        self.ways["ssh"] = Way("127.0.0.4", self.server, self.place.project, [child.pid, *helpers, *engine, parent(self.server)])

    def measure(self, rounds):
        taken = {}
        for number in range(rounds + 1):
            for mode in MODES:
                for name, way in self.ways.items():
                    told = way.load(mode)
                    if number:  # the first round warms up
                        taken.setdefault((mode, name), []).append(told)
            for name in self.forwards:
                self.ready.setdefault(name, []).append(self.time_ready(name))
        return taken


def row(what, value, aim, good):
    print(f"{what:34}  {value:74}  {aim:28}{'' if good else '  MISSED'}", flush=True)


def report(taken, ready, names):
    def value(mode, name, key):
        return statistics.median(told[key] for told in taken[mode, name])

    def compare(what, unit, of, aims):
        values = {name: of(name) for name in names}
        parts = ", ".join(f"{name} {values[name]:.{2 if values[name] < 10 else 0}f}" for name in names)
        for other, aim, is_good in aims:
            if other in values:
                ratio = values["isag"] / values[other]
                row(what, f"{parts} {unit}", f"{ratio:.2f} of {other} ({aim})", is_good(ratio))
                what, parts, unit = "", "", ""

    compare("bulk", "MB/s", lambda name: value("bulk", name, "rate") / 1e6,
            [("loopback", ">= 0.55", lambda r: r >= 0.55), ("ssh", ">= 12", lambda r: r >= 12)])
    compare("processor time", "s a GB",
            lambda name: statistics.median(told["cpu"] * 1e9 / told["bytes"] for told in taken["bulk", name]),
            [("docker-proxy", "<= 0.8", lambda r: r <= 0.8)])
    compare("request, p50", "us", lambda name: value("request", name, "p50"),
            [("loopback", "<= 1.25", lambda r: r <= 1.25), ("docker-proxy", "-", lambda r: True)])
    compare(f"request, p50, {CROWD} connections", "us", lambda name: value("crowd", name, "p50"),
            [("loopback", "-", lambda r: True), ("docker-proxy", "-", lambda r: True)])
    compare("connections", "a second", lambda name: value("connect", name, "rate"),
            [("ssh", ">= 12", lambda r: r >= 12), ("docker-proxy", "-", lambda r: True)])
    if "ssh" in ready:
        isag, ssh = statistics.median(ready["isag"]), statistics.median(ready["ssh"])
        row("forward ready", f"isag {isag:.1f}, ssh {ssh:.1f} ms", f"{isag / ssh:.3f} of ssh (<= 0.02)", isag / ssh <= 0.02)


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if not shutil.which("g++"):
        sys.exit("bench: needs g++")
    with Bench(sys.argv[1]) as bench:
        report(bench.measure(rounds), bench.ready, list(bench.ways))


if __name__ == "__main__":
    main()
