# SPDX-License-Identifier: Apache-2.0
"""A fake internet: an engine network on 198.51.100.0/24 whose default gateway is a sinkhole. See ../README.md."""
import concurrent.futures
import fcntl
import os
import shutil
import tempfile
from lab.asked import Probe, Server
from lab.engine import HERE, docker, internet_image

SUBNET, GATEWAY, DYNAMIC = "198.51.100.0/24", "198.51.100.1", "198.51.100.128/25"
SINKHOLE, RESOLVER, SSH = "198.51.100.2", "198.51.100.53", "198.51.100.22"
GOOD, SHARED, EVIL = "198.51.100.80", "198.51.100.81", "198.51.100.82"
ROTATING = [f"198.51.100.{number}" for number in range(64, 72)]
PREFIX = "isag-test-internet"

ZONE = {
    "good.example": {"A": [GOOD]}, "www.good.example": {"A": [GOOD]}, "git.good.example": {"A": [SSH]},
    "pip.good.example": {"A": [GOOD]}, "npm.good.example": {"A": [GOOD]}, "apt.good.example": {"A": [GOOD]},
    "shared.good.example": {"A": [SHARED]}, "shared.evil.example": {"A": [SHARED]},
    "evil.example": {"A": [EVIL], "TXT": ["from evil"]}, "*.evil.example": {"A": [EVIL], "TXT": ["from evil"]},
    "rotating.good.example": {"A": ROTATING, "rotate": True, "ttl": 0},
    "gone.good.example": {"A": ["198.51.100.99"]},
}


class Internet:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="isag-internet-")
        os.chmod(self.folder, 0o755)
        self.name = f"{PREFIX}-{os.getpid()}"
        self.image = internet_image()
        self.containers = []
        self.probes = []

    def __enter__(self):
        self.lock = only_one()
        remove_left()
        try:
            docker("network", "create", "--driver", "bridge", "--subnet", SUBNET, "--gateway", GATEWAY, "--ip-range",
                   DYNAMIC, "-o", "com.docker.network.bridge.inhibit_ipv4=true", "--label", PREFIX, self.name)
            with concurrent.futures.ThreadPoolExecutor() as pool:
                served = [address + "/24" for address in (SSH, GOOD, SHARED, EVIL, *ROTATING)]
                for done in [pool.submit(self.start, "sinkhole", SINKHOLE, GATEWAY + "/24"),
                             pool.submit(self.start, "world", RESOLVER, *served)]:
                    done.result()
            self.sinkhole, self.dns, self.web, self.plain = (
                Server(f"{self.folder}/{name}.sock") for name in ("sinkhole", "dns", "web", "plain"))
            for server in (self.sinkhole, self.dns, self.web, self.plain):
                server.until_there()
            self.dns.ask("zone", names=ZONE)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for probe in self.probes:
            probe.process.kill()
            probe.process.wait()
        if self.containers:
            docker("rm", "-f", "-v", *self.containers, check=False)
        docker("network", "rm", self.name, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)

    def start(self, role, address, *arguments):
        name = f"{self.name}-{role}"
        self.containers.append(name)
        docker("run", "-d", "--name", name, "--hostname", role, "--network", self.name, "--ip", address, "--cap-add",
               "NET_ADMIN", "--sysctl", "net.ipv4.ip_forward=0", "--label", PREFIX,
               "-v", f"{HERE}/inside:/rig:ro", "-v", f"{self.folder}:/control", "-e", "PYTHONDONTWRITEBYTECODE=1",
               self.image, "python3", "-u", f"/rig/{role}.py", *arguments)

    def servers(self):
        return [self.sinkhole, self.dns, self.web, self.plain]

    def forget(self):
        for server in self.servers():
            server.forget()

    def unprotected(self, image, project, user="1000:1000", role="unprotected", options=(), network=True):
        """A probe in a plain container of that image, on this network where the options name no other."""
        name = f"{self.name}-{role}"
        self.containers.append(name)
        place = ["--network", self.name, "--dns", RESOLVER] if network else []
        probe = Probe(role, ["docker", "run", "-i", "--rm", "--name", name, *place, "--label", PREFIX,
                             "--entrypoint", "", "-u", user, "-v", f"{project}:/workspace/project", "-w", "/workspace/project", *options, image, "python3", "-u",
                             "/workspace/project/rig/probe.py"])
        self.probes.append(probe)
        probe.hello()
        return probe


def only_one():
    """Waits until no other run has the addresses."""
    old = os.umask(0)
    lock = os.open("/var/tmp/isag-test-internet.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    os.umask(old)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def remove_left():
    """What a killed run left would hold the addresses."""
    for container in docker("ps", "-aq", "--filter", "label=" + PREFIX).split():
        docker("rm", "-f", "-v", container, check=False)
    for network in docker("network", "ls", "-q", "--filter", "label=" + PREFIX).split():
        docker("network", "rm", network, check=False)
