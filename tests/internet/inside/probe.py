# SPDX-License-Identifier: Apache-2.0
"""Does what the tests tell it, in a sandbox or beside one: a JSON line in, {"id", "do", ...}, and when that is done a
JSON line out, {"id", "ok": VALUE} or {"id", "error": TEXT}. What is asked at the same time is done at the same time.
"""
import json
import os
import sys
import threading
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import many_tries  # noqa: E402
import tries  # noqa: E402

SAID = threading.Lock()


def hello():
    return {"uid": os.getuid(), "pid": os.getpid()}


def find(word):
    if word == "hello":
        return hello
    return getattr(tries, word, None) or getattr(many_tries, word)


def do(request):
    number = request.pop("id")
    try:
        reply = {"id": number, "ok": find(request.pop("do"))(**request)}
    except Exception as error:  # told to the test
        reply = {"id": number, "error": repr(error)}
    with SAID:
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def main():
    for line in sys.stdin:
        threading.Thread(target=do, args=(json.loads(line),), daemon=True).start()


main()
