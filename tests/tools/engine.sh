# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Finding a container engine, and installing and starting one where there is none. Sourced, never run.

engine_socket=/var/run/docker.sock
engine_log=/var/log/isag-dockerd.log

# engine_answers SOCKET. Perl, because it is there on every Debian and Ubuntu, as curl and docker are not.
engine_answers() { [ -S "$1" ] && perl -MIO::Socket::UNIX -e "$ping" "$1" 2>/dev/null; }
# shellcheck disable=SC2016 # for Perl to expand
ping='
    alarm 10;
    my $s = IO::Socket::UNIX->new(Peer => shift) or exit 1;
    print $s "GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n";
    exit((<$s> // "") =~ m{^HTTP/1\.\d 200 } ? 0 : 1);
'

# Prints how the engine that answers is reached; false where none does.
find_engine() {
    if [ -n "${DOCKER_HOST-}" ]; then
        case $DOCKER_HOST in
        unix://*)
            engine_answers "${DOCKER_HOST#unix://}" ||
                die "DOCKER_HOST is $DOCKER_HOST, where no engine answers: start it, or unset DOCKER_HOST"
            ;;
        esac
        echo "$DOCKER_HOST"
        return
    fi
    for candidate in "$engine_socket" "${XDG_RUNTIME_DIR:-/nowhere}/docker.sock" \
        "${XDG_RUNTIME_DIR:-/nowhere}/podman/podman.sock"; do
        if engine_answers "$candidate"; then
            echo "unix://$candidate"
            return
        fi
    done
    return 1
}

# Whether the system's engine answers, asked as root: an ordinary user may not be allowed to know yet.
system_engine_answers() {
    if [ -w "$engine_socket" ]; then
        engine_answers "$engine_socket"
    else
        [ -S "$engine_socket" ] && as_root perl -MIO::Socket::UNIX -e "$ping" "$engine_socket" 2>/dev/null
    fi
}

# Makes sure that an engine runs. One that answers is used untouched.
ensure_engine() {
    engine=$(find_engine) && return 0
    [ -z "${DOCKER_HOST-}" ] || exit 1 # find_engine has said why
    as_root true || die "no engine that $(id -un) may use was found, and to install or start one takes root"
    if ! system_engine_answers; then
        has dockerd || [ -x /usr/sbin/dockerd ] || need_packages engine
        system_engine_answers || start_engine
    fi
    engine=unix://$engine_socket
}

# runs FILE NAME: the process whose id is in FILE is a NAME, and no zombie.
runs() {
    status=/proc/$(as_root cat "$1" 2>/dev/null || echo none)/status
    grep -q "^Name:.$2$" "$status" 2>/dev/null && ! grep -q '^State:.Z' "$status"
}

start_engine() {
    say "starting dockerd"
    if [ -d /run/systemd/system ]; then
        as_root systemctl enable --now docker >&2 || die "systemctl cannot start docker: see 'journalctl -u docker'"
        within 60 system_engine_answers || die "docker was started but does not answer: see 'journalctl -u docker'"
        return
    fi
    mount_cgroups
    # Detached for good: not of this session, and holding none of its streams open.
    # The package's own start script may have been faster.
    if ! runs /var/run/docker.pid dockerd; then
        # What one that was killed leaves: dockerd would take the zombies for alive.
        containerd=/var/run/docker/containerd/containerd.pid
        runs "$containerd" containerd || as_root rm -f "$containerd"
        as_root rm -f /var/run/docker.pid
        as_root setsid --fork sh -c "exec dockerd </dev/null >$engine_log 2>&1" || die "cannot start dockerd"
    fi
    within 60 system_engine_answers && return
    say "dockerd does not answer after a minute; the end of $engine_log:"
    as_root tail -n 25 "$engine_log" >&2
    die "no container engine: start one yourself, or set DOCKER_HOST"
}

# Without systemd nobody may have mounted them, and dockerd wants them.
mount_cgroups() {
    [ ! -e /sys/fs/cgroup/cgroup.controllers ] && [ ! -d /sys/fs/cgroup/memory ] || return 0
    as_root mount -t cgroup2 cgroup2 /sys/fs/cgroup || say "cannot mount /sys/fs/cgroup"
}

# use_engine WORD ARGUMENT...: an engine runs, and this process may use it; for that, ./dev may start itself again with
# these arguments. Nothing here reads stdin or writes to stdout.
use_engine() {
    [ -n "${DOCKER_HOST-}" ] || find_engine >/dev/null || { in_engine_group && enter_engine_group "$@"; } || true
    ensure_engine </dev/null >&2
    [ "$engine" = "unix://$engine_socket" ] && [ ! -w "$engine_socket" ] || return 0
    in_engine_group || join_engine_group
    enter_engine_group "$@"
}

# Whether the user database lists this user in the group of an engine's socket that this session may not use.
in_engine_group() {
    [ -S "$engine_socket" ] && [ ! -w "$engine_socket" ] || return 1
    case " $(id -nG "$(id -un)") " in *" $(stat -c %G "$engine_socket") "*) ;; *) return 1 ;; esac
}

join_engine_group() {
    group=$(stat -c %G "$engine_socket")
    say "adding $(id -un) to the group $group, whose members may use the engine (and so, in effect, act as root)"
    as_root usermod -aG "$group" "$(id -un)" || die "cannot add $(id -un) to the group $group"
}

enter_engine_group() {
    group=$(stat -c %G "$engine_socket")
    [ "${ISAG_DEV_IN_GROUP-}" != 1 ] || die "$(id -un) may not use $engine_socket, though in group $group"
    say "in this session the group $group is entered by sg; log in again to have it everywhere"
    has sg || die "log in again, so that $(id -un) is in the group $group"
    export ISAG_DEV_IN_GROUP=1
    # The second sg restores the group that new files get.
    # shellcheck disable=SC2154 # root is set by ./dev
    exec sg "$group" -c "exec sg $(quote "$(id -gn)") -c $(quote "exec $(quote "$root/dev" "$@")")"
}
