# SPDX-License-Identifier: Apache-2.0
"""A person with a home, a project and an isagd of their own, whose sandboxes have the fake internet as their uplink."""
import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from lab.asked import Probe
from lab.engine import HERE, docker
from lab.internet import RESOLVER

INSIDE = "/workspace/project"
TRUST = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
         "NPM_CONFIG_CAFILE"]
# The same as of the other end-to-end tests, so that they share one image.
IMAGE_YAML = """project: .:/workspace/project:rw
agent: {vendor: claude}
container: {name: isag, base_image: "debian:12", python: "3.11", memory: 512m%s}
"""


class Skip(Exception):
    """These tests cannot run here; why."""


def account():
    """Who runs isag: an ordinary user, always."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    name = os.environ.get("ISAG_TEST_USER")
    if not name:
        raise Skip("root without ISAG_TEST_USER (./dev test sets it)")
    return pwd.getpwnam(name)


class Person:
    def __init__(self, internet, programs, network=True):
        """programs: the folders of isag and isagd, as in PATH; network: whether the uplink is the fake internet."""
        self.internet = internet
        self.programs = programs
        self.program = programs.split(":")[0] + "/isag"
        self.user = account()
        self.probes = []
        self.count = 0
        self.folder = tempfile.mkdtemp(prefix="isag-person-")
        os.chmod(self.folder, 0o755)
        for name in ("p", "r", "h/.config/isag"):
            os.makedirs(f"{self.folder}/{name}")
        self.project = self.folder + "/p"
        shutil.copytree(HERE + "/inside", self.project + "/rig", ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("ca.pem", "id", "known_hosts"):
            if internet:
                shutil.copy(f"{internet.folder}/{name}", f"{self.project}/rig/{name}")
        if network:
            self.write(self.folder + "/h/.config/isag/isagd.yaml", f"network: {internet.name}\n")
        for place, folders, files in os.walk(self.folder):
            for name in [*folders, *files, "."]:
                os.chown(f"{place}/{name}", self.user.pw_uid, self.user.pw_gid)
        os.chmod(self.folder + "/r", 0o700)
        os.chmod(self.folder + "/p/rig/id", 0o600) if internet else None

    def environment(self):
        kept = ("http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
                "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "DOCKER_HOST")
        out = {name: os.environ[name] for name in kept if name in os.environ}
        cache = f"/var/tmp/isag-e2e-cache-{self.user.pw_uid}"
        if not os.path.isdir(cache):
            os.mkdir(cache, 0o700)
            os.chown(cache, self.user.pw_uid, self.user.pw_gid)
        return out | {"USER": self.user.pw_name, "LOGNAME": self.user.pw_name, "SHELL": "/bin/sh", "LANG": "C.UTF-8",
                      "TERM": "xterm-256color", "HOME": self.folder + "/h", "XDG_RUNTIME_DIR": self.folder + "/r",
                      "XDG_CACHE_HOME": cache, "PATH": self.programs + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"}

    def options(self):
        """How subprocess starts something as this person, in the project."""
        out = {"cwd": self.project, "env": self.environment()}
        if os.getuid() == 0:
            socket = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
            out |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [os.stat(socket).st_gid]}
        return out

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def isag(self, *words, seconds=120, check=True, input=""):
        done = subprocess.run([self.program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=seconds, check=False, input=input, **self.options())
        if check and done.returncode != 0:
            raise RuntimeError(f"isag {' '.join(words)}: {done.returncode}: {done.stderr.strip()}\n{self.log()}")
        return done

    def log(self):
        try:
            with open(self.folder + "/h/.local/state/isag/isagd.log", encoding="utf-8", errors="replace") as file:
                return "isagd: " + "isagd: ".join(file.readlines()[-15:])
        except OSError:
            return ""

    def image(self):
        """The sandboxes' image; the first test that needs it builds it, others wait."""
        cache = self.environment()["XDG_CACHE_HOME"]
        with open(cache + "/claude.lock", "a", encoding="utf-8") as lock:
            os.chown(lock.name, self.user.pw_uid, self.user.pw_gid)
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.write(self.folder + "/image.yaml", IMAGE_YAML % "")
            return self.isag("build", "-c", self.folder + "/image.yaml", seconds=1200).stdout.split()[0]

    def yaml(self, domains=(), limit=True, dns=RESOLVER, networks=(), more=""):
        """An isag.yaml whose limit_network is that; limit=False: null."""
        container = f", external_networks: {json.dumps(list(networks))}" if networks else ""
        text = IMAGE_YAML % container + "env:\n"
        for name in TRUST if self.internet else ():
            text += f"  {name}: {INSIDE}/rig/ca.pem\n"
        text += "  PYTHONDONTWRITEBYTECODE: '1'\n"
        if not limit:
            return text + "limit_network: null\n" + more
        text += "limit_network:\n"
        if dns:
            text += f"  dns: {json.dumps([dns] if isinstance(dns, str) else list(dns))}\n"
        return text + f"  domains: {json.dumps(list(domains))}\n" + more

    def sandbox(self, domains=(), name=None, options=(), **more):
        """A sandbox in which a probe runs, with `name`."""
        self.count += 1
        name = name or f"s{self.count}"
        config = f"{self.project}/{name}.yaml"
        self.write(config, self.yaml(domains, **more))
        probe = Probe(name, [self.program, "run", "-c", config, "--name", name, *options, "--", "python3", "-u",
                             INSIDE + "/rig/probe.py"], **self.options())
        self.probes.append(probe)
        try:
            probe.hello()
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.log()}") from None
        return probe

    def containers(self, role):
        """The ids of this person's containers of that role, by the name of the sandbox."""
        out = {}
        folder = self.folder + "/h/.local/state/isag/sandboxes"
        for file in os.listdir(folder) if os.path.isdir(folder) else ():
            sandbox = os.path.splitext(file)[0]
            found = docker("ps", "-aq", "--no-trunc", "--filter", "label=isag.sandbox=" + sandbox, "--filter",
                           "label=isag.role=" + role).split()
            with open(f"{folder}/{file}", encoding="utf-8") as record:
                name = json.load(record).get("name", sandbox)
            if found:
                out[name] = found[0]
        return out

    def gate(self, probe):
        return self.containers("gate")[probe.name]

    def agent(self, probe):
        return self.containers("agent")[probe.name]

    def daemon(self):
        """The process of isagd; None where none runs."""
        try:
            with open(self.folder + "/r/isag/isagd.lock", encoding="ascii") as lock:
                text = lock.read().strip()
                try:
                    fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                    return None
                except BlockingIOError:
                    return int(text)
        except (OSError, ValueError):
            return None

    def end_daemon(self, number=signal.SIGTERM, seconds=20):
        pid = self.daemon()
        if pid is None:
            return
        os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while self.daemon() == pid and time.monotonic() < deadline:
            time.sleep(0.02)

    def leave(self):
        """Stops all and removes the home."""
        for probe in self.probes:
            probe.end(0.1)
        if self.daemon() or os.path.isdir(self.folder + "/h/.local/state/isag/sandboxes"):
            self.isag("stop", "--all", "-t", "0", check=False)
            self.end_daemon()
            self.end_daemon(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
