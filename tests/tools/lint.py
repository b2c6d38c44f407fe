#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what compilers and clang-format do not: fences between modules, sizes, licence lines, banned calls.

Reads file names from standard input, prints `file:line: what is wrong`, and fails when there is anything to print.
"""
import os
import re
import sys

MAX_FILE = 300
MAX_FUNCTION = 60
CPP = (".cpp", ".hpp")
SOURCES = CPP + (".sh", ".py", ".cmake", ".yaml", ".yml", ".service.in", ".socket.in", "CMakeLists.txt")

# (header, files that may include it, why)
FENCES = [
    (r"boost/beast", r"daemon/engine/http[^/]*\.(cpp|hpp)|daemon/gate/host[^/]*\.(cpp|hpp)|common/.*_src\.cpp",
     "Beast stays in daemon/engine/http*.cpp"),
    (r"yaml-cpp", r"daemon/config/.*", "yaml-cpp stays in daemon/config/"),
    (r"libssh", r"client/ssh[^/]*(/.*)?", "libssh stays in client/ssh*"),
    (r"archive(_entry)?\.h", r"client/archive[^/]*", "libarchive stays in client/archive*"),
    (r"vterm\.h", r"daemon/terminal/(screen_state|cell_marks|paint|repeated_text)\.[ch]pp",
     "libvterm stays in daemon/terminal: screen_state, cell_marks, paint, repeated_text"),
    (r"boost/program_options", r"client/cli[^/]*(/.*)?|(.*/)?main\.cpp", "program_options stays in client/cli* and mains"),
    (r"nlohmann/json\.hpp", r".*\.cpp|common/pch\.hpp", "headers include nlohmann/json_fwd.hpp"),
    (r"boost/asio\.hpp", r"$^", "include the precise Asio header"),
]

# What the files of a folder may include from the root (folders, or single headers); the longest matching folder counts.
MODULES = {
    "common": ["common"],
    "proto": ["common", "proto"],
    "client": ["common", "proto", "client"],
    "daemon/gate": ["common", "proto", "daemon/gate"],
    "daemon/init": ["common", "proto", "daemon/init"],
    "daemon/config": ["common", "proto", "daemon/config"],
    "daemon/engine": ["common", "proto", "daemon/engine"],
    "daemon/terminal": ["common", "proto", "daemon/terminal"],
    "daemon/image": ["common", "proto", "daemon/config", "daemon/engine", "daemon/image"],
    # `isag net check` without a sandbox decides as the gate does, by the gate's own policy; both add events up alike.
    "daemon/firewall": ["common", "proto", "daemon/config", "daemon/engine", "daemon/firewall", "daemon/gate/event_sums.hpp",
                        "daemon/gate/name.hpp", "daemon/gate/policy.hpp", "daemon/gate/rule_message.hpp"],
    "daemon/sandbox": ["common", "proto", "daemon/config", "daemon/engine", "daemon/image", "daemon/firewall",
                       "daemon/terminal", "daemon/sandbox"],
    "daemon/api": ["common", "proto", "daemon/config", "daemon/engine", "daemon/image", "daemon/firewall",
                   "daemon/terminal", "daemon/sandbox", "daemon/api"],
    "daemon": ["common", "proto", "daemon"],
}

BANNED = [
    (r"\basio::detached\b", "a coroutine belongs to a TaskGroup, asio::detached does not"),
    (r"\b(io|ioc|ctx|context|io_context|io_)\.stop\(\)", "cancel and join instead of io_context::stop()"),
]

# A case whose name holds a bracket gets lost in CMake's lists, which ctest reads.
TEST_NAME = re.compile(r'\bTEST_CASE(?:_FIXTURE)?\([^"]*"([^"\n]*[][][^"\n]*)"')

LITERAL = re.compile(
    r'(?P<raw>R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)")|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text):
    """The text with comments and literals blanked out, each newline kept."""
    # An apostrophe between digits separates them.
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", " ", text)
    return LITERAL.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def module_of(path):
    fitting = [m for m in MODULES if path.startswith(m + "/")]
    return max(fitting, key=len, default=None)


def check_includes(path, text):
    module = module_of(path)
    for number, line in enumerate(text.split("\n"), 1):
        found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not found:
            continue
        quoted, header = found.group(1) == '"', found.group(2)
        for pattern, allowed, why in FENCES:
            if re.match(pattern, header) and not re.fullmatch(allowed, path) and not path.startswith("tests/"):
                yield number, f"may not include {header}: {why}"
        if quoted and module and module_of(header):
            if not any(header == m or header.startswith(m + "/") for m in MODULES[module]):
                yield number, f"{module} may not include {header}"
        if quoted and header.startswith("."):
            yield number, "include from the root"


NAMESPACE = re.compile(r"\b(namespace\b[\w:\s]*|extern\s*)$")
TYPE = re.compile(r"\b(class|struct|union|enum)\b[^;(){}=]*$")
FUNCTION = re.compile(
    r"\)(\s*(const|noexcept(\([^)]*\))?|override|final|mutable|try|&&?))*(\s*->[^;{}]*)?(\s*:[^;]*)?\s*$")


def functions(text):
    """(first line, lines) of each function body that is not inside another."""
    clean = re.sub(r"^[ \t]*#[^\n]*", "", blank(text), flags=re.M)
    stack, start = [], 0
    for position, char in enumerate(clean):
        if char == "{":
            head = clean[start:position]
            inside = "function" in stack
            kind = "other"
            if not inside and not NAMESPACE.search(head) and not TYPE.search(head) and FUNCTION.search(head):
                kind = "function"
                opened = start + len(head) - len(head.lstrip())
            stack.append(kind)
            start = position + 1
        elif char == "}" and stack:
            if stack.pop() == "function":
                first = clean.count("\n", 0, opened) + 1
                yield first, clean.count("\n", opened, position) + 1
            start = position + 1
        elif char == ";":
            start = position + 1


def check_cpp(path, text):
    if path.endswith(".hpp") and "#pragma once" not in text:
        yield 1, "a header begins with #pragma once"
    yield from check_includes(path, text)
    for first, lines in functions(text):
        if lines > MAX_FUNCTION:
            yield first, f"this function has {lines} lines, at most {MAX_FUNCTION} are wanted"
    for named in TEST_NAME.finditer(text):
        yield text.count("\n", 0, named.start()) + 1, f"ctest can't take this name: {named.group(1)}"
    clean = blank(text)
    for pattern, why in BANNED:
        for found in re.finditer(pattern, clean):
            yield clean.count("\n", 0, found.start()) + 1, why


def is_source(path, text):
    return path.endswith(SOURCES) or text.startswith("#!")


def check(path, text):
    """Yields (line, complaint) for one file, named as from the root."""
    if not is_source(path, text):
        return
    lines = text.split("\n")
    if not any("SPDX-License-Identifier: Apache-2.0" in line for line in lines[:3]):
        yield 1, "no SPDX-License-Identifier line"
    if len(lines) - 1 > MAX_FILE and "/data/" not in path:
        yield MAX_FILE, f"this file has {len(lines) - 1} lines, at most {MAX_FILE} are wanted"
    if path.endswith(CPP):
        yield from check_cpp(path, text)


# Kept as they are read elsewhere: examples for people and what tests compare with.
DATA = re.compile(r"(^|/)(golden|examples|data|cases)/")


def main():
    bad = 0
    for path in sys.stdin.read().split("\n"):
        if not path or DATA.search(path) or not os.path.isfile(path):
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        for line, what in check(path, text):
            print(f"{path}:{line}: {what}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
