#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rounds.py PREFIX [ROUNDS] [SEED]: kills isagd and clients at random moments, attaches and detaches, and looks whether
the agent lives, what it printed is kept, each client goes on, and nothing grows or stays behind."""
import fcntl
import os
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import termios
import time

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/bench"]
from first_byte import Place  # noqa: E402

LIMIT_S = 40
# Counts up, and answers a line "ask N" with "answer N".
AGENT = """import sys, threading, time
def count():
    n = 0
    while True:
        print(f'count {n}', flush=True)
        n += 1
        time.sleep(0.02)
threading.Thread(target=count, daemon=True).start()
for line in sys.stdin:
    if line.strip() == 'end': sys.exit(17)
    print('answer', line.split()[-1], flush=True)
sys.exit(18)
"""


class Client:
    def __init__(self, place, *words):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen([place.prefix + "/bin/isag", *words], stdin=slave, stdout=slave, stderr=slave,
                                        start_new_session=True, cwd=place.project, env=place.environment)
        os.close(slave)
        self.text = b""

    def until(self, mark):
        if not self.sees(mark, LIMIT_S):
            raise AssertionError(f"never saw {mark}: {self.text[-400:]}")

    def sees(self, mark, seconds):
        deadline = time.monotonic() + seconds
        while mark not in self.text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                return False
            try:
                more = os.read(self.master, 1 << 16)
            except OSError:
                more = b""
            if not more:
                raise AssertionError(f"ended before {mark}: {self.text[-400:]}")
            self.text = (self.text + more)[-20000:]
        return True

    def type(self, keys):
        os.write(self.master, keys)

    def end(self):
        """Its exit status; its terminal is read meanwhile, so that it can end."""
        deadline = time.monotonic() + LIMIT_S
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise AssertionError("a client does not end")
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    os.read(self.master, 1 << 16)
                except OSError:
                    time.sleep(0.02)
        os.close(self.master)
        return self.process.returncode


class Rounds:
    def __init__(self, place, chance):
        self.place = place
        self.chance = chance
        self.asked = 0
        self.client = self.attach()

    def attach(self):
        client = Client(self.place, "attach", "agent")
        client.until(b"count ")
        return client

    def ask(self):
        """The agent lives, this client goes on, and no key was lost, whoever was killed meanwhile."""
        self.asked += 1
        self.client.type(b"ask %d\r" % self.asked)
        if self.client.sees(b"answer %d\r" % self.asked, 40):
            return
        raise AssertionError(f"the agent does not answer: {self.client.text[-400:]}")

    def daemon(self):
        with open(self.place.folder + "/run/isag/isagd.lock", encoding="ascii") as lock:
            return int(lock.read().strip())

    def kill_daemon(self):
        try:
            os.kill(self.daemon(), self.chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
        except (ProcessLookupError, ValueError):
            pass
        time.sleep(self.chance.random() * 0.05)

    def kill_client(self):
        self.client.process.kill()
        self.client.end()
        self.client = self.attach()

    def detach(self):
        self.client.type(b"\x10\x11")
        status = self.client.end()
        assert status == 0, f"detaching ended with {status}"
        self.client = self.attach()

    def second(self):
        other = self.attach()
        other.type(b"ask 0\r")
        other.until(b"answer 0")
        other.type(b"\x10\x11")
        other.end()

    def run(self):
        step = self.chance.choice([self.kill_daemon, self.kill_daemon, self.kill_client, self.detach, self.second])
        step()
        if self.chance.random() < 0.3:
            self.kill_daemon()
        self.ask()


def check_log(place):
    """The counter's lines follow each other: nothing was lost but what the log has room for."""
    numbers = [int(line.split()[1]) for line in place.isag("logs", "agent").splitlines()
               if line.startswith("count ") and line.split()[1].isdigit()]
    gaps = [(a, b) for a, b in zip(numbers, numbers[1:]) if b != a + 1]
    if gaps:
        print(f"sessions: lost between: {gaps}", file=sys.stderr)
    return len(numbers), len(gaps)


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else int(time.time())
    print(f"sessions: {rounds} rounds, seed {seed}", file=sys.stderr)
    with Place(sys.argv[1]) as place:
        with open(place.project + "/agent.py", "w", encoding="ascii") as file:
            file.write(AGENT)
        os.chmod(place.project + "/agent.py", 0o644)
        place.isag("run", "-d", "--name", "agent", "--", "python3", "agent.py")
        stage = Rounds(place, random.Random(seed))
        begin = time.monotonic()
        for number in range(rounds):
            stage.run()
            if (number + 1) % 50 == 0:
                print(f"sessions: {number + 1} rounds, {time.monotonic() - begin:.0f} s", file=sys.stderr)
        lines, gaps = check_log(place)
        before = usage(stage.daemon())
        for _ in range(100):
            stage.detach()
        after = usage(stage.daemon())
        stage.client.type(b"end\r")
        status = stage.client.end()
        finished = place.isag("wait", "agent")
        left = place.isag("ps", "-q")
        place.isag("stop", "--all")
        place.daemon = Ended(stage.daemon())
        print(f"{rounds} rounds: agent's status {status}, as isag wait says {finished}; {lines} lines in the log, {gaps} gaps; "
              f"100 times attached and detached: {before} -> {after} (descriptors, kB); left: {left or 'nothing'}")
        if (status, finished, left) != (17, "17", "") or gaps > 0 or after[0] > before[0] + 2:
            sys.exit(1)


def usage(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as text:
        resident = next(int(line.split()[1]) for line in text if line.startswith("VmRSS:"))
    return len(os.listdir(f"/proc/{pid}/fd")), resident


class Ended:
    """The isagd that some client started, for Place to end."""

    def __init__(self, pid):
        self.pid = pid

    def terminate(self):
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, seconds):
        deadline = time.monotonic() + seconds
        while os.path.exists(f"/proc/{self.pid}") and time.monotonic() < deadline:
            time.sleep(0.05)


if __name__ == "__main__":
    main()
