# SPDX-License-Identifier: Apache-2.0
"""Connections into a sandbox, under that engine."""
import os
import socket
import subprocess
import urllib.request
from person import ENGINE, HOME, ISAG, LIMIT_S, PROJECT, containers, expect, isag, until


def answer_of(port):
    """What a web server at that port of this host says; nothing where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=LIMIT_S) as answer:
            return answer.read().decode()
    except OSError:
        return ""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def check_connections():
    """ssh, forwarded ports and cp."""
    os.makedirs(PROJECT + "/site", exist_ok=True)
    with open(PROJECT + "/site/index.html", "w", encoding="utf-8") as file:
        file.write("from inside")
    published, forwarded = free_port(), free_port()
    done = isag("run", "-d", "--name", "web", "-p", f"{published}:8000", "--", "python3", "-m", "http.server", "-d", "site",
                "--bind", "127.0.0.1", "8000")
    expect("isag run -d starts a sandbox", done.returncode == 0, done)
    until("a published port leads in", lambda: answer_of(published) == "from inside")
    done = isag("ssh", "web", "--", "echo out; echo err >&2; id -un; exit 5")
    expect("isag ssh runs a command, with its streams and its status", (done.returncode, done.stdout) == (5, "out\nisag\n") and
           done.stderr.endswith("err\n"), done)
    with subprocess.Popen([ISAG, "ssh", "web", "-N", "-L", f"{forwarded}:localhost:8000"], cwd=PROJECT,
                          stdin=subprocess.DEVNULL) as client:
        until("isag ssh -L leads in", lambda: answer_of(forwarded) == "from inside")
        client.terminate()
    done = isag("cp", "web:/etc/hostname", "copied")
    with open(PROJECT + "/copied", encoding="utf-8") as file:
        expect("isag cp brings a file out", done.returncode == 0 and file.read() == isag("exec", "web", "--", "hostname").stdout,
               done)
    if ENGINE != "docker-rootless":  # its agent is uid 0 without capabilities, as whom sshd lets nobody in
        check_stock_ssh()
    done = isag("stop", "web")
    expect("and it ends", done.returncode == 0 and containers() == [], done)


def check_stock_ssh():
    done = isag("ssh-config", "--install")
    expect("isag ssh-config is installed", done.returncode == 0, done)
    done = subprocess.run(["ssh", "-F", HOME + "/.ssh/config", "isag-web", "echo out; exit 6"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LIMIT_S, check=False)
    expect("stock ssh runs a command", (done.returncode, done.stdout) == (6, "out\n"), done)
