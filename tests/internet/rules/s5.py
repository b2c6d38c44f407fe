# SPDX-License-Identifier: Apache-2.0
"""S5: the gate is ready before the agent exists; without it nothing leaves, and it is told. N10: builds are not filtered."""
import json
import signal
import time
from lab.case import Case
from lab.engine import docker, process_of
from lab.internet import GOOD


class S5(Case):
    def fresh(self):
        """A sandbox for this test alone."""
        assert self.lab.image
        return self.person.sandbox(["good.example", "*.good.example"])

    def workers(self, gate):
        return [int(pid) for pid in self.as_root(f"cat /proc/{process_of(gate)}/task/*/children", "--pid=host").split()]

    def works(self, inside, name="good.example"):
        return "hello" in inside.talk(host=name, port=7000, until="hello", seconds=5)["got"]

    def row(self, inside):
        rows = json.loads(self.person.isag("ps", "-a", "--json").stdout)
        return next((row for row in rows if row["name"] == inside.name), None)

    def closed(self, inside):
        """Nothing leaves, however it is tried."""
        self.net.forget()
        tries = [inside.start("talk", host=host, port=port, seconds=2)
                 for host, port in (("good.example", 7000), (GOOD, 7000), ("198.18.0.2", 7000), ("8.8.8.8", 53))]
        tries += [inside.start("dns", name="evil.example", seconds=2),
                  inside.start("dns", name="evil.example", server="8.8.8.8", seconds=2),
                  inside.start("dns", name="evil.example", server="198.51.100.53", tcp=True, seconds=2),
                  inside.start("datagram", host="8.8.8.8", port=443), inside.start("datagram", host="8.8.8.8", port=0, kind="icmp")]
        for each in tries:
            told = each(60)
            self.assertNotIn("hello", told.get("got") or "")
            self.assertFalse(told.get("answers"))
        self.nothing_left()
        self.assertEqual(self.net.plain.log(kind="accept"), [])

    def test_the_gate_was_ready_before_the_agent_existed_and_is_never_restarted(self):
        inside = self.fresh()
        gate, agent = self.person.gate(inside), self.person.agent(inside)
        started = docker("inspect", "-f", "{{.State.StartedAt}}", gate)
        created = docker("inspect", "-f", "{{.Created}}", agent)
        self.assertLess(started, created)
        for container in (gate, agent):
            self.assertIn(docker("inspect", "-f", "{{.HostConfig.RestartPolicy.Name}}", container), ("no", ""))
        form = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}} {{.HostConfig.Privileged}}"
        self.assertEqual(docker("inspect", "-f", form, gate), "true [ALL] [NET_ADMIN] false")
        self.assertEqual(docker("inspect", "-f", "{{.HostConfig.NetworkMode}}", agent), "container:" + gate)

    def test_a_killed_worker_comes_back_within_a_second(self):
        inside = self.fresh()
        gate = self.person.gate(inside)
        self.assertTrue(self.works(inside))
        for _ in range(3):
            before = self.workers(gate)
            for worker in before:
                self.kill(worker)
            begin = time.monotonic()
            self.eventually(lambda: self.works(inside), "it works again")
            self.assertLess(time.monotonic() - begin, 3)
        self.assertEqual(self.row(inside)["status"], "running")
        self.person.isag("net", "deny", "good.example:7000", inside.name)
        self.refused(inside.talk(host="good.example", port=7000))

    def test_with_the_gate_paused_nothing_leaves_and_after_it_all_works(self):
        inside = self.fresh()
        gate = self.person.gate(inside)
        inside.talk(host="good.example", port=7000, until="hello", hold="open")
        docker("pause", gate)
        try:
            self.closed(inside)
        finally:
            docker("unpause", gate)
        self.eventually(lambda: self.works(inside), "it works again")
        self.assertIn("on", inside.held(name="open", send="on\n")["got"])

    def test_with_the_worker_stopped_nothing_leaves(self):
        inside = self.fresh()
        workers = self.workers(self.person.gate(inside))
        for worker in workers:
            self.kill(worker, "STOP")
        try:
            self.closed(inside)
        finally:
            for worker in workers:
                try:
                    self.kill(worker, "CONT")
                except RuntimeError:
                    pass  # its supervisor has killed it meanwhile
        self.eventually(lambda: self.works(inside), "it works again")

    def test_with_the_gate_dead_nothing_leaves_and_ps_and_the_log_tell(self):
        inside = self.fresh()
        inside.talk(host="good.example", port=7000, until="hello", hold="open")
        docker("kill", self.person.gate(inside))
        self.closed(inside)
        told = inside.held(name="open", send="x", seconds=3)
        self.assertNotEqual(told["got"], "x")
        self.eventually(lambda: self.row(inside)["status"] == "running, no network", "ps tells it apart")

    def test_an_isagd_that_is_killed_leaves_the_rules_and_the_next_one_changes_them(self):
        inside = self.fresh()
        inside.talk(host="good.example", port=7000, until="hello", hold="open")
        self.person.end_daemon(signal.SIGKILL)
        # The client that had the session is gone with it; the sandbox is looked at from beside its gate.
        gate = docker("ps", "-q", "--filter", f"label=isag.name={inside.name}", "--filter", "label=isag.role=gate")
        look = ("import sys; sys.path.insert(0,'/rig'); import tries,json\n"
                "print(json.dumps([tries.talk('good.example',7000,until='hello'), tries.talk('8.8.8.8',443), "
                "tries.dns('evil.example',server='8.8.8.8'), tries.talk('evil.example',7000,until='hello')]))")

        def looks():
            return json.loads(docker("run", "--rm", "--network", "container:" + gate, "-u", "1000:1000", "-e",
                                     "PYTHONDONTWRITEBYTECODE=1", "-v", f"{self.person.project}/rig:/rig:ro", self.net.image,
                                     "python3", "-c", look))
        self.net.forget()
        good, direct, name, evil = looks()
        self.assertIn("hello", good["got"])
        self.refused(direct)
        self.assertEqual(name["answers"], [])
        self.assertEqual(evil["error"], "name")
        self.assertEqual(self.net.sinkhole.log(), [])
        self.person.isag("ps")  # starts the next one
        self.eventually(lambda: self.row(inside), "it has the sandbox")
        self.person.isag("net", "allow", "evil.example:7000", inside.name)
        self.assertIn("hello", looks()[3]["got"])
        self.person.isag("stop", inside.name, "-t", "0")


class N10(Case):
    def test_isag_says_that_builds_are_not_filtered_and_no_build_runs_in_a_gates_namespace(self):
        path = self.person.project + "/build.yaml"
        text = self.person.yaml(["good.example"]).replace("memory: 512m", "memory: 512m, extra_packages: [tree]")
        self.person.write(path, text)
        self.lab.sandbox("good.example", "*.good.example")
        told = self.person.isag("build", "-c", path, seconds=900)
        self.assertRegex((told.stderr + told.stdout).lower(), "not (limited|filtered)|unfiltered|without the firewall")
        image = told.stdout.split()[0]
        self.assertEqual(docker("ps", "-aq", "--filter", "ancestor=" + image), "")
        docker("rmi", image, check=False)
