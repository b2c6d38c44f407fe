# SPDX-License-Identifier: Apache-2.0
"""The container engine, by its client."""
import hashlib
import os
import subprocess

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def docker(*words, check=True, seconds=120, **options):
    done = subprocess.run(["docker", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          text=True, timeout=seconds, check=False, **options)
    if check and done.returncode != 0:
        raise RuntimeError(f"docker {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def internet_image():
    """The image of the fake internet's containers; built where the engine does not have it."""
    folder = HERE + "/image"
    with open(folder + "/Dockerfile", "rb") as file:
        image = "isag-test/internet:" + hashlib.sha256(file.read()).hexdigest()[:12]
    if not docker("images", "-q", image):
        subprocess.run([os.path.dirname(HERE) + "/tools/base-image"], check=True)
        docker("build", "-q", "-t", image, folder, seconds=1200)
    return image


def addresses_of(container):
    """On all its networks."""
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
    return docker("inspect", "-f", form, container).split()


def process_of(container):
    """Its PID 1, as the host counts."""
    return int(docker("inspect", "-f", "{{.State.Pid}}", container))


def is_running(container):
    return docker("inspect", "-f", "{{.State.Running}}", container, check=False) == "true"


def helper(image, command, *options):
    """Runs a command in a container that may look into and change other processes and network namespaces."""
    rights = ["--cap-add", "NET_ADMIN", "--cap-add", "SYS_PTRACE", "--security-opt", "systempaths=unconfined", "--security-opt",
              "apparmor=unconfined"]
    return docker("run", "--rm", "--label", "isag-test-internet", *rights, *options, image, *command)
