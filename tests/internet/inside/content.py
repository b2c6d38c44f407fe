# SPDX-License-Identifier: Apache-2.0
"""Makes what the fake internet serves: its CA and certificate, a git repository, and one small package each for pip,
npm and apt. What clients need of it is put in /control.
"""
import base64
import hashlib
import io
import json
import os
import pwd
import subprocess
import tarfile
import zipfile

DOMAINS = ["good.example", "evil.example"]


def run(*words, **options):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options).stdout


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def certificate():
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("openssl", "req", "-x509", *key, "-keyout", "/srv/ca.key", "-out", "/control/ca.pem", "-days", "3", "-subj",
        "/CN=isag test CA", "-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=keyCertSign")
    names = ",".join(f"DNS:{name},DNS:*.{name}" for name in DOMAINS)
    run("openssl", "req", "-x509", *key, "-keyout", "/srv/server.key", "-out", "/srv/server.crt", "-days", "2", "-subj",
        "/CN=isag test server", "-CA", "/control/ca.pem", "-CAkey", "/srv/ca.key", "-addext", "subjectAltName=" + names,
        "-addext", "basicConstraints=CA:false")
    write("/srv/server.pem", open("/srv/server.key", encoding="ascii").read() +
          open("/srv/server.crt", encoding="ascii").read())


def repository():
    who = dict(os.environ, GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@good.example", GIT_COMMITTER_NAME="t",
               GIT_COMMITTER_EMAIL="t@good.example", HOME="/root")
    run("git", "init", "-q", "-b", "main", "/srv/work")
    write("/srv/work/file", "content of the repository\n" * 1000)
    run("git", "-C", "/srv/work", "add", "file")
    run("git", "-C", "/srv/work", "commit", "-q", "-m", "first", env=who)
    run("git", "clone", "-q", "--bare", "/srv/work", "/srv/git/repo.git")
    run("chown", "-R", "git", "/srv/git")


def ssh():
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/ssh_host_ed25519_key")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/control/id")
    user = pwd.getpwnam("git")
    write(user.pw_dir + "/.ssh/authorized_keys", open("/control/id.pub", encoding="ascii").read())
    run("chown", "-R", "git", user.pw_dir + "/.ssh")
    os.chmod("/control/id", 0o644)
    write("/control/known_hosts", "git.good.example " + open("/etc/ssh/ssh_host_ed25519_key.pub", encoding="ascii").read())


def wheel():
    name, info = "isagprobe-1.0-py3-none-any.whl", "isagprobe-1.0.dist-info/"
    files = {"isagprobe.py": "answer = 42\n",
             info + "METADATA": "Metadata-Version: 2.1\nName: isagprobe\nVersion: 1.0\n",
             info + "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    files[info + "RECORD"] = "".join(f"{path},,\n" for path in [*files, info + "RECORD"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    write("/srv/www/simple/isagprobe/" + name, packed.getvalue())
    write("/srv/www/simple/isagprobe/index.html", f'<a href="{name}">{name}</a>')


def npm():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, text in (("package.json", '{"name": "isagprobe", "version": "1.0.0", "main": "index.js"}'),
                           ("index.js", "module.exports = 42;\n")):
            entry = tarfile.TarInfo("package/" + path)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    content = packed.getvalue()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    dist = {"tarball": "https://npm.good.example/tarballs/isagprobe-1.0.0.tgz", "integrity": integrity}
    version = {"name": "isagprobe", "version": "1.0.0", "main": "index.js", "dist": dist}
    write("/srv/www/tarballs/isagprobe-1.0.0.tgz", content)
    write("/srv/www/isagprobe", json.dumps({"name": "isagprobe", "dist-tags": {"latest": "1.0.0"},
                                            "versions": {"1.0.0": version}}))


def apt():
    control = "Package: isagprobe\nVersion: 1.0\nArchitecture: all\nMaintainer: t <t@good.example>\nDescription: a test\n"
    write("/srv/deb/DEBIAN/control", control)
    write("/srv/deb/usr/share/isagprobe", "42\n")
    os.makedirs("/srv/www/debian", exist_ok=True)
    run("dpkg-deb", "--build", "/srv/deb", "/srv/www/debian/isagprobe.deb")
    content = open("/srv/www/debian/isagprobe.deb", "rb").read()
    write("/srv/www/debian/Packages", control + f"Filename: ./isagprobe.deb\nSize: {len(content)}\n"
          f"SHA256: {hashlib.sha256(content).hexdigest()}\n")


def make():
    for part in (certificate, repository, ssh, wheel, npm, apt):
        part()
