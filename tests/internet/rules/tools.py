# SPDX-License-Identifier: Apache-2.0
"""What must work unchanged inside: the tools people use, long transfers, many connections, connections that rest."""
import hashlib
import os
import shutil
import subprocess
import time
from lab.case import Case
from lab.engine import HERE, process_of
from lab.person import INSIDE

REQUESTS = """
try:
    import requests
except ImportError:
    from pip._vendor import requests
import os
s = requests.Session()
for n in range(3):
    r = s.get('https://good.example/', timeout=10, verify=os.environ['SSL_CERT_FILE'])
    assert r.status_code == 200 and 'at 198.51.100.80' in r.text, r.text
import urllib.request
assert b'at 198.51.100.80' in urllib.request.urlopen('https://good.example/').read()
assert b'at 198.51.100.80' in urllib.request.urlopen('http://good.example/').read()
print('fine')
"""
NODE = """
(async () => {
  const [a, b] = await Promise.all(['https://good.example/', 'http://good.example/'].map(u => fetch(u)));
  console.log((await a.text()).trim(), (await b.text()).trim());
  await fetch('https://evil.example/').then(() => console.log('through'), e => console.log('refused', e.cause.code));
})();
"""
WEBSOCKET = """
import socket, ssl, os, struct, sys
for tls in (False, True):
    s = socket.create_connection(('good.example', 443 if tls else 80), timeout=10)
    if tls: s = ssl.create_default_context().wrap_socket(s, server_hostname='good.example')
    s.sendall(b'GET /ws HTTP/1.1\\r\\nHost: good.example\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n'
              b'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Version: 13\\r\\n\\r\\n')
    f = s.makefile('rb')
    while f.readline() not in (b'\\r\\n', b''): pass
    for text in (b'Host: evil.example', b'GET / HTTP/1.1', bytes(range(100))):
        s.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)
        head = f.read(2)
        assert f.read(head[1]) == text, head
    print('fine')
"""
HALF_CLOSE = """
import socket
s = socket.create_connection(('good.example', 7000)); f = s.makefile('rb'); f.readline()
s.sendall(b'x' * 300000); s.shutdown(socket.SHUT_WR)
rest = f.read(); assert rest == b'x' * 300000 + b'bye\\n', len(rest); print('fine')
"""
GO = """
package main
import ("context"; "errors"; "fmt"; "io"; "net"; "net/http"; "sync")
func get(url string) string {
    answer, err := http.Get(url)
    if err != nil { panic(err) }
    defer answer.Body.Close()
    body, err := io.ReadAll(answer.Body)
    if err != nil { panic(err) }
    return fmt.Sprint(answer.ProtoMajor, " ", string(body))
}
func main() {
    var all sync.WaitGroup
    for n := 0; n < 20; n++ {
        all.Add(1)
        go func() { defer all.Done(); get("https://good.example/"); get("http://good.example/") }()
    }
    all.Wait()
    fmt.Print(get("https://good.example/"))
    addresses, err := (&net.Resolver{PreferGo: true}).LookupHost(context.Background(), "evil.example")
    var unknown *net.DNSError
    if errors.As(err, &unknown) && unknown.IsNotFound { fmt.Println("not found") } else { fmt.Println(addresses) }
}
"""
LOOKUP = """
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int argc, char **argv) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int error = getaddrinfo(argv[1], argv[2], &hints, &found);
    if (error) { puts(gai_strerror(error)); return 2; }
    for (; found; found = found->ai_next) {
        char text[64] = {0};
        int fd = socket(found->ai_family, SOCK_STREAM, 0);
        if (connect(fd, found->ai_addr, found->ai_addrlen) == 0 && read(fd, text, 5) > 0) { puts(text); return 0; }
    }
    return 3;
}
"""


class Tools(Case):
    def setUp(self):
        super().setUp()
        self.inside = self.lab.sandbox("good.example", "*.good.example")

    def both(self, script, expected, seconds=120, **env):
        """The script does the same beside the sandbox and in it."""
        for probe in (self.beside, self.inside):
            told = probe.run(argv=["bash", "-ec", script], seconds=seconds, env=env)
            self.assertEqual(told["status"], 0, (probe.name, told))
            self.assertIn(expected, told["out"] + told["err"], (probe.name, told))

    def test_curl(self):
        self.both("curl -fsS https://good.example/ http://good.example/ https://good.example:8443/ | grep -c 'at 198'", "3")
        self.both("curl -fsS -d abc https://good.example/digest", hashlib.sha256(b"abc").hexdigest())
        told = self.inside.run(argv=["curl", "-sS", "https://evil.example/"])
        self.assertEqual(told["status"], 6, told)

    def test_git_over_https_and_ssh(self):
        ssh = f"ssh -i {INSIDE}/rig/id -o UserKnownHostsFile={INSIDE}/rig/known_hosts -o IdentitiesOnly=yes"
        script = "rm -rf /tmp/%s; git clone -q %s /tmp/%s && cd /tmp/%s && git pull -q && wc -l file"
        self.both(script % ("a", "https://git.good.example/git/repo.git", "a", "a"), "1000 file")
        self.both("[ -O rig/id ] && " + script % ("b", "git@git.good.example:/srv/git/repo.git", "b", "b"), "1000 file",
                  GIT_SSH_COMMAND=ssh)

    def test_pip(self):
        self.both("rm -rf /tmp/pip; python3 -m pip install -q --target /tmp/pip --index-url https://pip.good.example/simple "
                  "isagprobe && PYTHONPATH=/tmp/pip python3 -c 'import isagprobe; print(isagprobe.answer)'", "42")

    def test_npm(self):
        self.both("rm -rf /tmp/npm; mkdir /tmp/npm; cd /tmp/npm; npm install --silent --no-audit --no-fund --registry "
                  "https://npm.good.example isagprobe && node -e 'console.log(require(\"isagprobe\"))'", "42",
                  npm_config_cache="/tmp/npm-cache", npm_config_update_notifier="false")

    def test_apt(self):
        self.both("rm -rf /tmp/apt; mkdir -p /tmp/apt/lists/partial /tmp/apt/cache/archives/partial; cd /tmp/apt; "
                  "echo 'deb [trusted=yes] http://apt.good.example/debian ./' > list; touch status; o='-o Dir::Etc::SourceList=/tmp/apt/list"
                  " -o Dir::Etc::SourceParts=- -o Dir::State=/tmp/apt -o Dir::State::status=/tmp/apt/status -o Dir::Cache=/tmp/apt/cache"
                  " -o APT::Sandbox::User= -o Acquire::AllowInsecureRepositories=true'; apt-get -q $o update && apt-get -q $o "
                  "--allow-unauthenticated download isagprobe && dpkg-deb -c isagprobe_1.0_all.deb", "usr/share/isagprobe")

    def test_python(self):
        self.both(f"cat > /tmp/r.py <<'E'\n{REQUESTS}\nE\npython3 /tmp/r.py", "fine")

    def test_node(self):
        self.both(f"cat > /tmp/n.js <<'E'\n{NODE}\nE\nnode /tmp/n.js", "good.example at 198.51.100.80 good.example at 198.51.100.80")
        told = self.inside.run(argv=["node", "/tmp/n.js"])
        self.assertIn("refused", told["out"])

    def test_websockets(self):
        self.both(f"cat > /tmp/w.py <<'E'\n{WEBSOCKET}\nE\npython3 /tmp/w.py", "fine\nfine")

    def test_musl(self):
        compiler = shutil.which("musl-gcc")
        if not compiler:
            self.skipTest("musl-gcc is not installed (apt: musl-tools)")
        source = self.person.folder + "/lookup.c"
        self.person.write(source, LOOKUP)
        subprocess.run([compiler, "-static", "-O1", "-o", self.person.project + "/rig/lookup", source], check=True)
        os.chmod(self.person.project + "/rig/lookup", 0o755)
        self.both("rig/lookup good.example 7000", "hello")
        told = self.inside.run(argv=["rig/lookup", "evil.example", "7000"])
        self.assertEqual(told["status"], 2, told)
        self.assertLess(told["ms"], 2000)

    def test_go(self):
        """Its own resolver and its own TLS, in a program without a C library."""
        go = shutil.which("go")
        if not go:
            self.skipTest("go is not installed (apt: golang-go)")
        source = self.person.folder + "/get.go"
        self.person.write(source, GO)
        subprocess.run([go, "build", "-o", self.person.project + "/rig/get", source], check=True,
                       env=os.environ | {"CGO_ENABLED": "0", "GOCACHE": self.person.folder + "/go", "GO111MODULE": "off"})
        os.chmod(self.person.project + "/rig/get", 0o755)
        self.both("rig/get", "good.example at 198.51.100.80")
        told = self.inside.run(argv=["rig/get"])
        self.assertIn("not found", told["out"])
        self.assertLess(told["ms"], 10000)

    def test_half_closed_connections(self):
        self.both(f"cat > /tmp/h.py <<'E'\n{HALF_CLOSE}\nE\npython3 /tmp/h.py", "fine")

    def test_a_long_download_and_upload_arrive_whole(self):
        size = 200_000_000
        with open(HERE + "/inside/web.py", encoding="utf-8") as file:
            assert "bytes(range(256)) * 256" in file.read()
        digest, block = hashlib.sha256(), bytes(range(256)) * 256
        for at in range(0, size, len(block)):
            digest.update(block[:min(len(block), size - at)])
        told = self.inside.run(argv=["sh", "-c", f"curl -sS http://good.example/bytes/{size} | tee /tmp/big | sha256sum;"
                                     "curl -sS -H Expect: --data-binary @/tmp/big http://good.example/digest; rm /tmp/big"],
                               seconds=120)
        self.assertEqual(told["out"].count(digest.hexdigest()), 2, told)

    def test_two_hundred_requests_at_once(self):
        script = "seq 200 | xargs -P 50 -I{} curl -sS https://good.example/bytes/5000 | wc -c"
        self.both(script, str(200 * 5000), seconds=200)

    def test_an_upstream_that_stalls_is_waited_for(self):
        waiting = [self.inside.start("talk", host="good.example", port=80, seconds=30, until="at last", chunks=[SLOW])
                   for _ in range(20)]
        self.assertLess(self.inside.talk(host="good.example", port=7000, until="hello")["ms"], 1000)
        for each in waiting:
            self.assertIn("at last", each()["got"])

    def test_who_does_not_read_is_not_read_for(self):
        """Back-pressure: a server that floods and a sandbox that floods fill buffers of the kernel and no more."""
        gate = process_of(self.person.gate(self.inside))

        def memory():
            told = self.as_root(f"for p in {gate} $(cat /proc/{gate}/task/*/children); do cat /proc/$p/status; done", "--pid=host")
            return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmRSS"))
        before = memory()
        for number in range(20):
            self.inside.talk(host="good.example", port=7003, until="\0", hold=f"flood{number}")
        script = ("import socket,time\nb=time.time(); s=socket.create_connection(('good.example',7002)); s.settimeout(1); n=0\n"
                  "try:\n while time.time()-b<5: n+=s.send(bytes(65536))\nexcept TimeoutError: pass\nprint(n)")
        told = self.inside.run(argv=["python3", "-c", script])
        self.assertLess(int(told["out"]), 40 << 20, "it was stopped")
        self.assertLess(memory() - before, 4 << 10, "kilobytes")
        for number in range(20):
            self.inside.drop(name=f"flood{number}")

    def test_a_connection_may_rest(self):
        self.inside.talk(host="good.example", port=7000, until="hello", hold="rest")
        time.sleep(8)  # longer than any limit on a connection's beginning
        self.assertIn("after", self.inside.held(name="rest", send="after\n")["got"])


SLOW = "R0VUIC9zbG93LzMgSFRUUC8xLjENCkhvc3Q6IGdvb2QuZXhhbXBsZQ0KDQo="  # GET /slow/3
