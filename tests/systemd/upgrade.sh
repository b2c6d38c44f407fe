#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# upgrade.sh BUILD: under a real systemd isagd is killed, and the package upgraded, while a sandbox runs and a terminal is
# attached to it. The engine is one of the
# container's own, a service of its systemd; the sandbox's image is that of the end-to-end tests, handed over, so that
# nothing is built there.
set -eu
build=$1
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tests/systemd/container.sh
. "$here/container.sh"
begin_test
[ -d /sys/fs/cgroup/memory ] || skip "an engine in a container is only tried with cgroup v1"

# The image, made as that person on this machine, and what isagd knows of it by then.
made=$scratch/made
mkdir "$made"
chmod 755 "$scratch" "$made"
user=${ISAG_TEST_USER:-$(id -un)}
install -d -m 700 -o "$user" "$made/home" "$made/runtime" "$made/cache"
printf '%s\n' 'project: .:/workspace/project:rw' 'agent: {vendor: claude}' \
    'container: {name: isag, base_image: "debian:12", python: "3.11", memory: 512m, extra_packages: [less, vim-tiny]}' \
    >"$made/isag.yaml"
cp "$made/isag.yaml" "$made/home/"
isag_here() { "$ISAG_TEST_AS" HOME="$made/home" XDG_RUNTIME_DIR="$made/runtime" XDG_CACHE_HOME="$made/cache" isag "$@"; }
tag=$(isag_here build -c "$made/home/isag.yaml" | head -n 1)
kill "$(cat "$made/runtime/isag/isagd.lock")"

make_image isag-test/systemd-engine:1 docker.io iptables
set --
for folder in /sys/fs/cgroup/*/; do
    [ ! -e "$folder/cgroup.procs" ] || set -- "$@" -v "$folder:$folder"
done
start_container "$(id -u "$user")" --security-opt systempaths=unconfined -v /var/lib/docker \
    -v /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/ca-certificates.crt:ro "$@"
for unit in docker containerd; do # a container may not raise these
    inside mkdir -p "/etc/systemd/system/$unit.service.d"
    printf '[Service]\nOOMScoreAdjust=0\nLimitNOFILE=20000\n' >"$scratch/limits.conf"
    docker cp "$scratch/limits.conf" "$name:/etc/systemd/system/$unit.service.d/limits.conf"
done
inside systemctl daemon-reload
inside systemctl start docker
docker save "$tag" "$(docker image inspect -f '{{index .Config.Labels "isag.base"}}' "$tag")" |
    docker exec -i "$name" docker load >/dev/null
inside usermod -aG docker person
inside install -d -m 700 -o person /home/person/.cache /home/person/.cache/isag /home/person/p
for file in facts.json npm-versions.json; do docker cp "$made/cache/isag/$file" "$name:/home/person/.cache/isag/"; done
docker cp "$made/isag.yaml" "$name:/home/person/p/"
inside chown -R person: /home/person
rm -rf "$made"

start_manager
package 1.0.0
# shellcheck disable=SC2016 # for the shell inside
lines='n=0; while :; do n=$((n+1)); echo "line $n"; sleep 0.05; done'
as_person isag run -d -c p/isag.yaml --name web -- sh -c "$lines"
before=$(main_pid)
containers() { inside docker ps --no-trunc --format '{{.ID}} {{.Names}}'; }
running=$(containers)
[ "$(echo "$running" | wc -l)" -eq 2 ] || fail "a sandbox is two containers, not: $running"
as_person sh -c 'mkfifo keys; script -qefc "isag attach web" seen <>keys >/dev/null; echo $? >attach-status' &
attached=$!
shown() { as_person isag logs web | tr -d '\r'; }
sees() { inside grep -q "^line $1" /home/person/seen; } # sees N: the terminal has come to that line
sees_more() { expect "the terminal goes on after $1" sees $(($(shown | wc -l) + 20)); }
sees_more "it attached"
as_person systemctl --user kill -s KILL isagd
expect "systemd starts isagd again" is_after "$before"
sees_more "isagd was killed"
before=$(main_pid)
package 1.0.1
expect "the upgraded isagd runs" is_after "$before"
[ "$(containers)" = "$running" ] || fail "the upgrade ended containers"
sees_more "the upgrade"
as_person isag ps | grep -q '^web .* running ' || fail "the new isagd does not know the sandbox"
as_person isag exec web -- true || fail "nothing can be started in it any more"
[ "$(as_person isag exec web -- sh -c 'getent hosts evil.example || echo none')" = none ] || fail "its firewall is gone"
as_person isag net allow evil.example web >/dev/null
as_person isag exec web -- getent hosts evil.example >/dev/null || fail "its gate does not obey any more"
had=$(shown | wc -l)
goes_on() { [ "$(shown | wc -l)" -gt "$had" ]; }
expect "what its program prints is shown" goes_on
shown | awk '$0 != "line " NR { exit 1 }' || fail "lines are lost: $(shown | awk '$0 != "line " NR' | head -n 3)"
as_person isag stop web >/dev/null
[ -z "$(inside docker ps -aq)" ] || fail "containers stay: $(inside docker ps -a)"
wait "$attached"
[ "$(inside cat /home/person/attach-status)" = 143 ] || fail "the attached isag did not end as the program did"
inside grep -q 'error' /home/person/seen && fail "the attached isag complained: $(inside grep error /home/person/seen)"
echo "a sandbox outlives isagd's death and the package's upgrade, with its output, its firewall and its terminal"
