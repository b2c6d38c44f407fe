# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Where the end-to-end tests find an installed isag, and the ordinary user they run it as. Sourced, never run.
# Tests read: ISAG_TEST_PREFIX (isag is in its bin), ISAG_TEST_AS (a command that runs its arguments as the user),
# ISAG_TEST_USER (empty where the tests run as that user already), ISAG_TEST_HOME.

test_user=isag-test

# make_test_place BUILD: installs that build where every user can read it. The home is new each time.
make_test_place() {
    place=/var/tmp/isag-test
    is_root || place=$place-$(id -u)
    mkdir -p "$place"
    [ "$(stat -c '%u %F' "$place")" = "$(id -u) directory" ] || die "$place belongs to somebody else: remove it"
    chmod 755 "$place"
    rm -rf "${place:?}/prefix" "${place:?}/home"
    cmake --install "$1" --prefix "$place/prefix" >/dev/null || die "cannot install for the tests"
    mkdir -m 755 "$place/home"
    if is_root; then
        make_test_user "$place/home"
        export ISAG_TEST_USER="$test_user"
    else
        export ISAG_TEST_USER=
    fi
    # shellcheck disable=SC2154 # root is set by ./dev
    export ISAG_TEST_PREFIX="$place/prefix" ISAG_TEST_HOME="$place/home" ISAG_TEST_AS="$root/tests/tools/as-user"
}

# make_test_user HOME: once; with subordinate ids, which mmdebstrap needs.
make_test_user() {
    id "$test_user" >/dev/null 2>&1 ||
        useradd --home-dir "$1" --no-create-home --shell /bin/sh "$test_user" || die "cannot make the user $test_user"
    for kind in uid gid; do
        grep -q "^$test_user:" "/etc/sub$kind" 2>/dev/null ||
            usermod "--add-sub${kind}s" 1600000000-1600065535 "$test_user" ||
            die "cannot give $test_user subordinate ${kind}s"
    done
    chown "$test_user:$(id -gn "$test_user")" "$1"
}
