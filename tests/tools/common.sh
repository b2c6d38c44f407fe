# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the scripts of this checkout share. Sourced, never run.

say() { printf 'dev: %s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

usage_error() {
    say "$*; ./dev help lists the words"
    exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" -eq 0 ]; }

# as_root COMMAND...: by sudo where this is an ordinary user; proxy variables go along.
as_root() {
    if is_root; then
        "$@"
        return
    fi
    has sudo || die "this needs root: $*. Run it as root, or install sudo"
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY DEBIAN_FRONTEND; do
        eval "value=\${$name-}"
        # shellcheck disable=SC2154 # set by the eval
        [ -z "$value" ] || set -- "$name=$value" "$@"
    done
    sudo env PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" "$@"
}

# within SECONDS COMMAND...: true as soon as the command succeeds, false when it has not by then.
within() {
    deadline=$(($(date +%s) + $1))
    shift
    until "$@"; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# quote WORD...: the words as one line that a shell reads back as the same words.
quote() {
    for quoted_word; do
        printf "'%s' " "$(printf '%s' "$quoted_word" | sed "s/'/'\\\\''/g")"
    done
}

# give_back FOLDER: what root made in somebody's checkout becomes theirs.
give_back() {
    is_root || return 0
    # shellcheck disable=SC2154 # root is set by whoever sources this
    [ "$(stat -c %u "$root")" -eq 0 ] || chown -R --reference="$root" "$1"
}

# list_files FOLDER [PATTERN...]: the files that belong to the project, new ones too.
list_files() (
    cd "$1" && shift
    if [ -e .git ] && has git; then
        git -c safe.directory='*' ls-files --cached --others --exclude-standard -- "$@" |
            while IFS= read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done
        exit
    fi
    find . -type f -not -path './build/*' -not -path './.git/*' | sed 's,^\./,,' | sort |
        while IFS= read -r file; do
            [ $# -gt 0 ] || printf '%s\n' "$file"
            for pattern; do
                # shellcheck disable=SC2254 # a pattern is meant
                case $file in $pattern) printf '%s\n' "$file" ;; esac
            done
        done
)

# shell_files FOLDER: those that begin as sh scripts do, or end in .sh.
shell_files() {
    list_files "$1" | while IFS= read -r file; do
        case $file in *.sh) printf '%s\n' "$file" && continue ;; esac
        case $(head -c 64 "$1/$file" | tr -d '\0' | head -n 1) in
        '#!/bin/sh'*) printf '%s\n' "$file" ;;
        esac
    done
}
