#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gate.py PREFIX [ROUNDS [PART...]]: what the firewall costs, through the gate of a sandbox and beside it, in the fake
internet of tests/internet. Interleaved rounds, medians; only the ratios mean something on another machine.
Parts: relay, names, memory, changes (the last with 50 sandboxes); all of them where none is named.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE) + "/internet"]
from lab.engine import docker, helper, process_of  # noqa: E402
from lab.internet import GOOD, Internet  # noqa: E402
from lab.person import INSIDE, Person  # noqa: E402

SECONDS, SANDBOXES = 1.0, 50
LOAD = INSIDE + "/rig/net_load"
TICK = os.sysconf("SC_CLK_TCK")


def say(text):
    print("bench:", text, file=sys.stderr, flush=True)


def median(values):
    return statistics.median(values)


def cpu_of(pids):
    """Seconds of processor time that these processes have used."""
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            ticks += sum(int(word) for word in file.read().rpartition(")")[2].split()[11:13])
    return ticks / TICK


def family(pid):
    """The process and those that it started."""
    out = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
            for child in file.read().split():
                out += family(int(child))
    return out


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rpartition(")")[2].split()[1])


class Bench:
    def __init__(self, prefix, rounds):
        self.rounds = rounds
        self.internet = Internet()
        self.prefix = prefix

    def row(self, what, value, aim, good):
        print(f"{what:36}  {value:72}  {aim:22}{'' if good else '  MISSED'}", flush=True)

    def __enter__(self):
        self.internet.__enter__()
        self.person = Person(self.internet, self.prefix + "/bin")
        subprocess.run(["g++", "-std=c++20", "-O2", "-static", "-o", self.person.project + "/rig/net_load",
                        HERE + "/net_load.cpp"], check=True)
        say("building the image (once)")
        self.image = self.person.image()
        self.start("load", ["--network", self.internet.name, "--ip", "198.51.100.90", "--workdir", "/"], LOAD, "serve")
        self.internet.dns.ask("zone", names={name: {"A": ["198.51.100.90"], "ttl": 600}
                                             for name in ("load.good.example", "*.change.example")})
        user = self.person.user
        self.beside = self.internet.unprotected(self.image, self.person.project, f"{user.pw_uid}:{user.pw_gid}")
        self.inside = self.person.sandbox(["good.example", "*.good.example"])
        self.gate = process_of(self.person.gate(self.inside))
        return self

    def start(self, role, options, *command):
        name = f"{self.internet.name}-{role}"
        self.internet.containers.append(name)
        docker("run", "-d", "--name", name, "--label", "isag-test-internet", "-v", f"{self.person.project}:{INSIDE}:ro",
               *options, self.internet.image, *command)
        return name

    def __exit__(self, *_):
        self.person.leave()
        self.internet.__exit__()

    @staticmethod
    def load(probe, *words):
        told = probe.run(argv=[LOAD, *words], seconds=60)
        if told["status"] != 0:
            sys.exit(f"bench: net_load {words} in {probe.name}: {told}")
        return json.loads(told["out"])

    def relay(self):
        taken = {}
        for number in range(self.rounds + 1):
            for mode in ("bulk", "request", "connect"):
                for probe in (self.beside, self.inside):
                    told = self.load(probe, mode, "load.good.example", str(SECONDS))
                    if number:  # the first round warms up
                        taken.setdefault((mode, probe is self.inside), []).append(told)
        value = {key: median([told["rate" if key[0] == "bulk" else "p50"] for told in all_told])
                 for key, all_told in taken.items()}
        rate = {inside: median([told["rate"] for told in taken["connect", inside]]) for inside in (False, True)}
        ratio = {mode: value[mode, True] / value[mode, False] for mode in ("bulk", "request", "connect")}
        self.row("relay throughput", f"{value['bulk', True] / 1e9:.2f} of {value['bulk', False] / 1e9:.2f} GB/s = "
                 f"{ratio['bulk']:.2f}", ">= 0.45 of direct", ratio["bulk"] >= 0.45)
        self.row("request, p50", f"{value['request', True]:.0f} and {value['request', False]:.0f} us = {ratio['request']:.2f}",
                 "<= 1.2 times direct", ratio["request"] <= 1.2)
        self.row("connect and first byte, p50", f"{value['connect', True]:.0f} and {value['connect', False]:.0f} us = "
                 f"{ratio['connect']:.2f}; {rate[True]:.0f} and {rate[False]:.0f} a second", "<= 2.3 times direct",
                 ratio["connect"] <= 2.3)

    def names(self):
        server = self.start("dnsmasq", ["--network", self.internet.name, "--workdir", "/"], "dnsmasq", "-k", "-u", "root",
                            "--no-resolv", "--no-hosts", "--cache-size=1000", "--address=/good.example/" + GOOD)
        other = self.internet.unprotected(self.internet.image, self.person.project, "1000:1000", "asks",
                                          ["--network", "container:" + server], network=None)
        pids = {self.inside: family(self.gate), other: [process_of(server)]}
        rate, cpu = {}, {}
        for number in range(self.rounds + 1):
            for probe, address in ((other, "127.0.0.1"), (self.inside, "198.18.0.1")):
                before = cpu_of(pids[probe])
                told = self.load(probe, "dns", address, "load.good.example", str(SECONDS))
                if number:
                    rate.setdefault(probe, []).append(told["rate"])
                    cpu.setdefault(probe, []).append((cpu_of(pids[probe]) - before) * 1e6 / told["answered"])
        mine, theirs = (median(cpu[probe]) for probe in (self.inside, other))
        self.row("DNS", f"{median(rate[self.inside]):.0f}/s, dnsmasq {median(rate[other]):.0f}/s", "", True)
        self.row("DNS, processor time a query", f"{mine:.2f} and {theirs:.2f} us = {mine / theirs:.2f}",
                 "<= 0.8 of dnsmasq's", mine / theirs <= 0.8)

    def kilobytes(self, pids, kind="Pss"):
        files = [f"/proc/{pid}/smaps_rollup" for pid in pids]
        try:
            told = "".join(open(file, encoding="ascii").read() for file in files)
        except PermissionError:
            told = helper(self.internet.image, ["cat", *files], "--pid=host")
        return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith(kind + ":"))

    def memory(self):
        gate, shim = self.kilobytes(family(self.gate)), self.kilobytes([parent(self.gate)])
        self.row("memory of a gate, PSS", f"{gate} kB, its containerd-shim {shim} kB = {gate / shim:.2f}",
                 "<= 0.2 of a shim", gate / shim <= 0.2)

    def memory_of_many(self):
        """A page that several share counts for each by its part, so that many gates need less than as many alone."""
        gates = [process_of(gate) for gate in self.person.containers("gate").values()]
        count = len(gates)
        each = self.kilobytes([pid for gate in gates for pid in family(gate)]) / count
        shims = [parent(gate) for gate in gates]
        shim, resident = (self.kilobytes(shims, kind) / count for kind in ("Pss", "Rss"))
        self.row(f"memory of a gate, PSS, with {count}", f"{each:.0f} kB, its containerd-shim {shim:.0f} kB = {each / shim:.2f} "
                 f"(resident {resident:.0f} = {each / resident:.2f})", "<= 0.2 of a shim", each / shim <= 0.2)

    def changes(self):
        say(f"starting {SANDBOXES} sandboxes")
        clients = [self.start_client(f"many{number}") for number in range(SANDBOXES - 1)]
        deadline = time.monotonic() + 300
        while len(self.running()) < SANDBOXES:
            for client in clients:
                if client.poll() is not None:
                    sys.exit(f"bench: a sandbox does not start: {client.stderr.read()}\n{self.person.log()}")
            if time.monotonic() > deadline:
                sys.exit(f"bench: only {len(self.running())} of {SANDBOXES} sandboxes run")
            time.sleep(0.5)
        self.memory_of_many()
        taken = {"allow": [], "deny": []}
        for number in range(self.rounds * 2):
            name = f"{number}.change.example"
            self.change("allow", name, taken)
            self.change("deny", name, taken)
        idle = [self.time("/bin/true") for _ in range(self.rounds * 4)]
        floor = median([end - begin for begin, end in idle]) / 1e6
        for word, times in taken.items():
            self.row(f"{word} with {SANDBOXES} sandboxes", f"{median(times):.1f} ms from the command's start, worst "
                     f"{max(times):.1f}; /bin/true {floor:.1f}", "< 10 ms", median(times) < 10)
        self.person.isag("stop", "--all", "-t", "0")
        for client in clients:
            client.wait(60)

    def start_client(self, name):
        config = f"{self.person.project}/{self.inside.name}.yaml"
        return subprocess.Popen([self.prefix + "/bin/isag", "run", "-c", config, "--name", name, "--", "sleep", "10000"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                **self.person.options())

    def running(self):
        return [row for row in json.loads(self.person.isag("ps", "--json").stdout) if row["status"] == "running"]

    def change(self, word, name, taken):
        """A program inside waits for the change's effect; the clock is one for all containers."""
        mode = "until" if word == "allow" else "cut"
        waiting = self.inside.start("run", argv=[LOAD, mode, name, "9003"], seconds=20)
        time.sleep(0.15)  # it tries, or its connection is open
        begin, _ = self.time(self.person.program, "net", word, name, self.inside.name)
        taken[word].append((int(waiting(30)["out"].split()[-1]) - begin) / 1e6)

    def time(self, *command):
        """When the start of that command began and its process had ended, in ns."""
        done = subprocess.run([self.person.project + "/rig/net_load", "start", *command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True, check=True, **self.person.options())
        return [int(word) for word in done.stdout.split()]


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if not shutil.which("g++"):
        sys.exit("bench: needs g++")
    parts = sys.argv[3:] or ["relay", "names", "memory", "changes"]
    with Bench(sys.argv[1], rounds) as bench:
        for part in parts:
            say(part)
            getattr(bench, part)()


if __name__ == "__main__":
    main()
