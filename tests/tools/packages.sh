# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# The distribution packages of each purpose, by their names in Debian 12 and Ubuntu 24.04. Sourced, never run.

# The default Boost is new enough, except in Debian 12, which has a newer one beside it.
boost_packages() {
    # shellcheck source=/dev/null
    case $(. /etc/os-release && echo "${VERSION_CODENAME-}") in
    bookworm) echo libboost1.81-dev libboost-program-options1.81-dev ;;
    *) echo libboost-dev libboost-program-options-dev ;;
    esac
}

packages_of() {
    case $1 in
    build)
        boost_packages
        echo g++ cmake ninja-build ccache pkg-config libyaml-cpp-dev nlohmann-json3-dev libspdlog-dev \
            libfmt-dev libssh-dev libcurl4-openssl-dev libsystemd-dev libssl-dev libpsl-dev libvterm-dev \
            libarchive-dev nftables
        ;;
    # mmdebstrap makes a base image where no registry answers; it maps users with newuidmap.
    run) echo mmdebstrap uidmap ca-certificates debian-archive-keyring ;;
    test) echo doctest-dev curl git openssh-client openssh-server iproute2 python3 python3-paramiko rsync musl-tools tmux dpkg-dev file ;;
    soak) echo golang-go ;;
    # One version everywhere: the next one formats differently.
    lint) echo clang-format-14 python3 shellcheck git ;;
    tidy) echo clang-tidy-14 git ;;
    bench) echo openssh-client python3 ;;
    package) echo dpkg-dev file ;;
    fuzz) echo clang-14 libclang-rt-14-dev ;;
    fresh) echo mmdebstrap slirp4netns iproute2 ;;
    engine) echo docker.io ;;
    *) die "no list of packages for '$1'" ;;
    esac
}

# The tests want sshd's program, not a server on this machine.
keep_sshd_down() { ! has systemctl || as_root systemctl "$1" ssh.service ssh.socket >/dev/null 2>&1 || true; }

# need_packages PURPOSE...: installs what is missing; asks dpkg only (fast) when nothing is.
need_packages() {
    if ! has apt-get || ! has dpkg-query; then
        die "this needs a distribution with apt (Debian 12, Ubuntu 24.04 or newer)"
    fi
    wanted=$(for purpose; do packages_of "$purpose"; done | tr ' ' '\n' | sort -u)
    # shellcheck disable=SC2086 # one word a package
    present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p' | sort -u)
    missing=$(printf '%s\n%s\n' "$wanted" "$present" | sort | uniq -u | grep . | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    say "installing $missing"
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get -q -o DPkg::Lock::Timeout=300 update >&2 || say "apt-get update failed; going on with its old lists"
    case " $missing " in *" openssh-server "*) keep_sshd_down mask ;; esac
    # shellcheck disable=SC2086
    as_root apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install $missing >&2 ||
        die "cannot install: $missing"
    case " $missing " in *" openssh-server "*) keep_sshd_down unmask && keep_sshd_down disable ;; esac
}
