# SPDX-License-Identifier: Apache-2.0
"""What the tests of the firewall have in common: one internet a run, sandboxes in it, and the container beside them."""
import json
import time
import unittest
from lab.internet import Internet
from lab.person import INSIDE, TRUST, Person
from lab.engine import helper


class Lab:
    """Made on first use, so that a test pays for what it needs."""

    def __init__(self, programs):
        self.programs = programs
        self.internet_ = self.person_ = self.image_ = self.beside_ = None
        self.persons = []
        self.sandboxes = {}

    @property
    def internet(self):
        if not self.internet_:
            self.internet_ = Internet().__enter__()
        return self.internet_

    @property
    def person(self):
        if not self.person_:
            self.person_ = self.another_person()
        return self.person_

    def another_person(self, **more):
        person = Person(self.internet if more.get("network", True) else None, self.programs, **more)
        self.persons.append(person)
        return person

    @property
    def image(self):
        if not self.image_:
            self.image_ = self.person.image()
        return self.image_

    @property
    def beside(self):
        """The probe in the unprotected container."""
        if not self.beside_:
            user = self.person.user
            trust = [word for name in TRUST for word in ("-e", f"{name}={INSIDE}/rig/ca.pem")]
            self.beside_ = self.internet.unprotected(self.image, self.person.project, f"{user.pw_uid}:{user.pw_gid}",
                                                     options=trust)
        return self.beside_

    def sandbox(self, *domains, **more):
        """The probe in a sandbox with that allowlist: the same one for all tests that name the same."""
        key = repr((domains, more))
        if key not in self.sandboxes:
            assert self.image
            self.sandboxes[key] = self.person.sandbox(domains, **more)
        return self.sandboxes[key]

    def end(self):
        for person in self.persons:
            person.leave()
        if self.internet_:
            self.internet_.__exit__()


class Case(unittest.TestCase):
    lab: Lab = None
    maxDiff = 2000

    def setUp(self):
        self.net = self.lab.internet
        self.person = self.lab.person
        self.beside = self.lab.beside
        self.net.forget()

    def left(self):
        """What has left for the internet since the last look, as the sinkhole and the resolver saw it."""
        return [*self.net.sinkhole.log(), *self.net.dns.log()]

    def nothing_left(self, what=""):
        self.assertEqual(self.left(), [], what)

    def events(self, probe, *options):
        """What `isag net log` tells of the sandbox."""
        return json.loads(self.person.isag("net", "log", probe.name, "--json", *options).stdout)

    def eventually(self, condition, what, seconds=15):
        deadline = time.monotonic() + seconds
        while not (value := condition()):
            if time.monotonic() > deadline:
                self.fail(f"not within {seconds} s: {what}")
            time.sleep(0.02)
        return value

    def refused(self, result, within=1000):
        """By a reset, a refusal or an error that the program sees at once."""
        self.assertIn(result["error"], ("ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "EPERM", "EACCES", "name"),
                      result)
        self.assertLess(result["ms"], within, result)

    def as_root(self, script, *options):
        """A shell command in a container with many rights: what only root of the host could do to a process or namespace."""
        return helper(self.net.image, ["sh", "-ec", script], *options)

    def kill(self, number, signal="KILL"):
        """By a container, since the person running the tests need not be root."""
        self.as_root(f"kill -{signal} {number}", "--pid=host")
