#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The helpers of ./dev that a mistake could hide in.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
# shellcheck source=tests/tools/common.sh
. "$root/tests/tools/common.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# expect WHAT WANTED GOT
expect() {
    [ "$2" = "$3" ] || { printf '%s\nwanted: %s\ngot:    %s\n' "$1" "$2" "$3" >&2; exit 1; }
}

newline='
'
words() { for word; do printf '<%s>' "$word"; done; }
# shellcheck disable=SC2016,SC1003 # must not expand
for word in plain 'two words' "it's" '$HOME `id` "x" \' '' "a${newline}b"; do
    eval "set -- $(quote "$word" --)"
    expect "a quoted word reads back as itself" "<$word><-->" "$(words "$@")"
    # As enter_engine_group does: a command line inside a command line.
    got=$(sh -c "exec sh -c $(quote "printf '<%s>' $(quote "$word" --)")")
    expect "a word quoted twice survives two shells" "<$word><-->" "$got"
done

within 5 true || expect "within is true at once when the command succeeds" true false
! within 0 false || expect "within is false when its time is over" false true

mkdir -p "$scratch/tree/sub/build" "$scratch/tree/build"
touch "$scratch/tree/a.cpp" "$scratch/tree/sub/b.hpp" "$scratch/tree/build/c.cpp" "$scratch/tree/sub/build/d.cpp"
printf '#!/bin/sh\n' >"$scratch/tree/run"
expect "files are listed without git too, and the build folder is not" "a.cpp run sub/b.hpp sub/build/d.cpp " \
    "$(list_files "$scratch/tree" | tr '\n' ' ')"
expect "patterns select files" "a.cpp sub/build/d.cpp " "$(list_files "$scratch/tree" '*.cpp' | tr '\n' ' ')"
expect "shell scripts are known by their first line" "run" "$(shell_files "$scratch/tree")"

expect "help goes to stdout" "usage: ./dev WORD" "$("$root/dev" help | head -n 1)"
status=0
"$root/dev" nonsense 2>"$scratch/err" || status=$?
expect "an unknown word is wrong usage" 2 "$status"
expect "and is named" "dev: no word 'nonsense'; ./dev help lists the words" "$(cat "$scratch/err")"
