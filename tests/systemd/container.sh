# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# A container with systemd as its PID 1, and a person in it with a manager of their own. Sourced, never run, with `build`
# and `here` set. What is made goes with the script.

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "$*" >&2; exit 1; }

# Skips where it can't be run here.
# shellcheck disable=SC2154 # set by who sources this
begin_test() {
    [ -n "${ISAG_TEST_PREFIX:-}" ] || skip "no installed isag (./dev test makes one)"
    [ "$(. /etc/os-release && echo "$VERSION_CODENAME")" = bookworm ] || skip "the container is Debian 12, this host is not"
    "$here/../tools/base-image"
    name=isag-systemd-test-$$
    scratch=$(mktemp -d)
    trap 'docker rm -f -v "$name" >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
}

# make_image TAG PACKAGE...: with what isag's package needs, and these.
make_image() {
    image=$1
    shift
    docker image inspect "$image" >/dev/null 2>&1 && return
    printf '%s\n' 'FROM debian:bookworm' \
        "RUN apt-get update && apt-get install -y --no-install-recommends systemd systemd-sysv dbus-user-session \
libpam-systemd libboost-program-options1.81.0 libyaml-cpp0.7 libspdlog1.10 libcurl4 libarchive13 libpsl5 libvterm0 libssh-4 \
ca-certificates $*" |
        DOCKER_BUILDKIT=0 docker build -q -t "$image" - >/dev/null
}

# start_container UID OPTION...: what systemd needs as PID 1 of a container that is not privileged, and these.
start_container() {
    uid=$1
    shift
    docker run -d --name "$name" --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add SYS_PTRACE --cap-add MKNOD \
        --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
        --tmpfs /run --tmpfs /run/lock --tmpfs /sys/fs/cgroup --cgroupns host "$@" "$image" /sbin/init >/dev/null
    expect "systemd runs" inside systemctl is-system-running
    inside useradd --create-home --uid "$uid" person
}
start_manager() {
    inside loginctl enable-linger person
    expect "the person's manager runs" as_person systemctl --user is-system-running
}

inside() { docker exec "$name" "$@"; }
as_person() {
    docker exec -u person -w /home/person -e HOME=/home/person -e XDG_RUNTIME_DIR="/run/user/$uid" "$name" "$@"
}
expect() { # expect WHAT COMMAND...: it succeeds within ten seconds
    what=$1
    shift
    for _ in $(seq 100); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    as_person journalctl --user --no-pager 2>&1 | tail -n 20 >&2
    fail "not so: $what"
}
is() { [ "$(as_person systemctl --user is-active "$1")" = "$2" ]; }

# package VERSION: of the build that is tested, installed or upgraded to.
package() {
    # shellcheck disable=SC2154 # set by who sources this
    (cd "$build" && cpack -D CPACK_PACKAGE_VERSION="$1" -B "$scratch" >"$scratch/log") || fail "$(cat "$scratch/log")"
    docker cp "$scratch/isag_$1_$(dpkg --print-architecture).deb" "$name:/isag.deb"
    inside dpkg -i /isag.deb >"$scratch/log" 2>&1 || fail "$(cat "$scratch/log")"
}
main_pid() { as_person systemctl --user show -P MainPID isagd; }
is_after() { [ "$(main_pid)" != "$1" ] && [ "$(main_pid)" != 0 ]; } # is_after PID: isagd is another process
