#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# user_units_test.sh BUILD: the user units under a real `systemd --user`, in a container: start, socket activation,
# restart, a clean stop; then the package, installed and upgraded while isagd runs.
set -eu
build=$1
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tests/systemd/container.sh
. "$here/container.sh"
begin_test
prefix=$ISAG_TEST_PREFIX
make_image isag-test/systemd:4
start_container 1000 -v /sys/fs/cgroup/systemd:/sys/fs/cgroup/systemd -v "$prefix:$prefix:ro"
inside sh -c "mkdir -p /usr/local/lib/systemd/user && cp '$prefix'/lib/systemd/user/isagd.* /usr/local/lib/systemd/user/"
start_manager

as_person systemctl --user start isagd
is isagd.service active || fail "isagd is not active after its start"
expect "isag talks to the started daemon" as_person "$prefix/bin/isag" ps
as_person systemctl --user stop isagd
is isagd.service inactive || fail "isagd did not end cleanly on stop"
as_person "$prefix/bin/isag" ps >/dev/null # the socket starts it again
is isagd.service active || fail "the socket did not activate isagd"
as_person systemctl --user restart isagd
expect "isag talks to the restarted daemon" as_person "$prefix/bin/isag" ps
as_person systemctl --user stop isagd.socket isagd.service
said=$(as_person "$prefix/bin/isag" ps -v 2>&1) # isag starts the unit by itself
case $said in *started*) ;; *) fail "isag did not say that it started isagd: $said" ;; esac
is isagd.service active || fail "isag did not start the unit"
as_person "$prefix/bin/isagd" >/dev/null 2>&1 && fail "a second isagd did not refuse"
as_person systemctl --user stop isagd.socket isagd.service
inside rm -r /usr/local/lib/systemd/user

package 1.0.0
as_person systemctl --user start isagd
before=$(main_pid)
[ "$(inside readlink "/proc/$before/exe")" = /usr/bin/isagd ] || fail "not the package's isagd runs"
as_person isag ps >/dev/null
package 1.0.1
expect "the upgraded isagd runs" is_after "$before"
[ "$(inside readlink "/proc/$(main_pid)/exe")" = /usr/bin/isagd ] || fail "a removed isagd runs"
as_person isag ps >/dev/null
as_person systemctl --user stop isagd.socket isagd.service
package 1.0.2
is isagd.service inactive || fail "an upgrade starts what was stopped"
echo "the units start, activate, restart, stop, and are upgraded"
