#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""many.py PREFIX [ROUNDS]: isagd's memory with no, ten and fifty sandboxes, and what isag ps takes then, beside docker ps.

The sandboxes have terminals and gates, as `isag run -d` makes them.
"""
import json
import statistics
import subprocess
import sys
from first_byte import Place
from terminal import duration

COUNTS = (0, 10, 50)


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    ratios = {}
    with Place(sys.argv[1]) as place:
        place.isag("build")
        inside = {"cwd": place.project, "env": place.environment}
        running = 0
        for count in COUNTS:
            for _ in range(count - running):
                place.isag("run", "-d", "--", "sleep", "100000")
            running = count
            took = {"isag": [], "docker": []}
            for _ in range(rounds + 1):
                took["isag"].append(duration([place.prefix + "/bin/isag", "ps"], **inside))
                took["docker"].append(duration(["docker", "ps"]))
            listed = len(place.isag("ps", "-q").split())
            if listed != count:
                sys.exit(f"bench: {listed} of {count} sandboxes run")
            ps, docker = (statistics.median(took[who][1:]) for who in ("isag", "docker"))
            print(f"{count:3} sandboxes: isagd {place.resident_kb():7} kB resident   isag ps {ps:6.1f} ms   "
                  f"docker ps {docker:6.1f} ms")
            ratios[f"ps ratio with {count}"] = round(ps / docker, 3)
        place.isag("stop", "--all", "-t", "0")
    print(json.dumps(ratios))


if __name__ == "__main__":
    main()
