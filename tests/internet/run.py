#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAMS RULE...: the tests of those files of rules/ (n1, tools, ...) in one fake internet.

PROGRAMS is the folder of isag and that of isagd, as in PATH; ISAG_TEST_PREFIX/bin goes before it. Exit 77: they can't run here.
"""
import importlib
import os
import shutil
import sys
import unittest
sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, HERE + "/inside"]
from lab.case import Case, Lab  # noqa: E402
from lab.engine import docker  # noqa: E402
from lab.person import Skip, account  # noqa: E402


def why_not():
    if not shutil.which("docker"):
        return "no docker client"
    try:
        account()
        docker("version")
    except (Skip, RuntimeError, KeyError) as error:
        return str(error)
    return None


def main():
    why = why_not()
    if why:
        print("skipped:", why)
        return 77
    prefix = os.environ.get("ISAG_TEST_PREFIX")
    programs = prefix + "/bin" if prefix else sys.argv[1]
    names = [word for word in sys.argv[2:] if not word.startswith("-")]
    selected = [word[2:] for word in sys.argv[2:] if word.startswith("-k")]
    unittest.installHandler()  # Ctrl-C ends after this test, with the results
    Case.lab = Lab(programs)
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{word}*" for word in selected] or None
    suite = unittest.TestSuite(loader.loadTestsFromModule(importlib.import_module("rules." + name)) for name in names)
    try:
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    finally:
        Case.lab.end()
    if result.testsRun == 0:
        print("no test has that name")
        return 1
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
