#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# user_units_test.sh BUILD: the user units under a real `systemd --user`, in a container: start, socket activation,
# restart, a clean stop; then the package, installed and upgraded while isagd runs.
set -eu
build=$1
here=$(cd "$(dirname "$0")" && pwd -P)
prefix=${ISAG_TEST_PREFIX:-}
skip() { echo "skipped: $*"; exit 77; }
[ -n "$prefix" ] || skip "no installed isag (./dev test makes one)"
[ "$(. /etc/os-release && echo "$VERSION_CODENAME")" = bookworm ] || skip "the container is Debian 12, this host is not"
"$here/../tools/base-image"

name=isag-systemd-test-$$
scratch=$(mktemp -d)
trap 'docker rm -f "$name" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
docker image inspect isag-test/systemd:3 >/dev/null 2>&1 ||
    printf '%s\n' 'FROM debian:bookworm' \
        'RUN apt-get update && apt-get install -y --no-install-recommends systemd systemd-sysv dbus-user-session \
libpam-systemd libboost-program-options1.81.0 libyaml-cpp0.7 libspdlog1.10 libcurl4 libarchive13 libpsl5 libvterm0 libssh-4 \
ca-certificates && useradd --create-home --uid 1000 dev' |
    DOCKER_BUILDKIT=0 docker build -q -t isag-test/systemd:3 - >/dev/null

# What systemd needs as PID 1 of a container that is not privileged.
docker run -d --name "$name" --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add SYS_PTRACE --cap-add MKNOD \
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
    --tmpfs /run --tmpfs /run/lock --tmpfs /sys/fs/cgroup --cgroupns host \
    -v /sys/fs/cgroup/systemd:/sys/fs/cgroup/systemd -v "$prefix:$prefix:ro" isag-test/systemd:3 /sbin/init >/dev/null
inside() { docker exec "$name" "$@"; }
as_dev() { docker exec -u dev -e XDG_RUNTIME_DIR=/run/user/1000 "$name" "$@"; }
expect() { # expect WHAT COMMAND...: it succeeds within ten seconds
    what=$1
    shift
    for _ in $(seq 100); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "not so: $what" >&2
    as_dev journalctl --user --no-pager 2>&1 | tail -n 20 >&2
    exit 1
}
is() { [ "$(as_dev systemctl --user is-active "$1")" = "$2" ]; }

expect "systemd runs" inside systemctl is-system-running
inside sh -c "mkdir -p /usr/local/lib/systemd/user && cp '$prefix'/lib/systemd/user/isagd.* /usr/local/lib/systemd/user/"
inside loginctl enable-linger dev
expect "the user's manager runs" as_dev systemctl --user is-system-running

as_dev systemctl --user start isagd
is isagd.service active || { echo "isagd is not active after its start" >&2; exit 1; }
expect "isag talks to the started daemon" as_dev "$prefix/bin/isag" ps
as_dev systemctl --user stop isagd
is isagd.service inactive || { echo "isagd did not end cleanly on stop" >&2; exit 1; }
as_dev "$prefix/bin/isag" ps >/dev/null # the socket starts it again
is isagd.service active || { echo "the socket did not activate isagd" >&2; exit 1; }
as_dev systemctl --user restart isagd
expect "isag talks to the restarted daemon" as_dev "$prefix/bin/isag" ps
as_dev systemctl --user stop isagd.socket isagd.service
said=$(as_dev "$prefix/bin/isag" ps -v 2>&1) # isag starts the unit by itself
case $said in *started*) ;; *) echo "isag did not say that it started isagd: $said" >&2; exit 1 ;; esac
is isagd.service active || { echo "isag did not start the unit" >&2; exit 1; }
as_dev "$prefix/bin/isagd" >/dev/null 2>&1 && { echo "a second isagd did not refuse" >&2; exit 1; }
as_dev systemctl --user stop isagd.socket isagd.service
inside rm -r /usr/local/lib/systemd/user

# package VERSION: of the build that is tested.
package() {
    (cd "$build" && cpack -D CPACK_PACKAGE_VERSION="$1" -B "$scratch" >"$scratch/log") || { cat "$scratch/log" >&2; exit 1; }
    docker cp "$scratch/isag_$1_$(dpkg --print-architecture).deb" "$name:/isag.deb"
    inside dpkg -i /isag.deb >"$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 1; }
}
main_pid() { as_dev systemctl --user show -P MainPID isagd; }
package 1.0.0
as_dev systemctl --user start isagd
before=$(main_pid)
[ "$(inside readlink "/proc/$before/exe")" = /usr/bin/isagd ] || { echo "not the package's isagd runs" >&2; exit 1; }
as_dev isag ps >/dev/null
package 1.0.1
is_new() { [ "$(main_pid)" != "$before" ] && [ "$(main_pid)" != 0 ]; }
expect "the upgraded isagd runs" is_new
[ "$(inside readlink "/proc/$(main_pid)/exe")" = /usr/bin/isagd ] || { echo "a removed isagd runs" >&2; exit 1; }
as_dev isag ps >/dev/null
as_dev systemctl --user stop isagd.socket isagd.service
package 1.0.2
is isagd.service inactive || { echo "an upgrade starts what was stopped" >&2; exit 1; }
echo "the units start, activate, restart, stop, and are upgraded"
