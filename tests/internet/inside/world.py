# SPDX-License-Identifier: Apache-2.0
"""world.py ADDRESS/BITS...: the container of the fake internet's servers: gives itself the addresses, makes what is
served, starts the resolver, the web servers, the plain servers and sshd, and ends when one of them does.
"""
import os
import signal
import subprocess
import sys
import content


def main():
    for address in sys.argv[1:]:
        subprocess.run(["ip", "address", "add", address, "dev", "eth0"], check=True)
    content.make()
    here = os.path.dirname(os.path.abspath(__file__))
    addresses = [word.split("/")[0] for word in sys.argv[1:]]
    servers = [subprocess.Popen([sys.executable, "-u", f"{here}/{program}", *addresses]).pid
               for program in ("resolver.py", "web.py", "plain_servers.py")]
    servers.append(subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-o", "MaxStartups=100"]).pid)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        pid, status = os.wait()  # orphans of others come here too
        if pid in servers:
            sys.exit(f"server {servers.index(pid)} ended with {status}")


main()
