#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What lint.py and coro_lint.py must find, and what they must leave alone."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import coro_lint  # noqa: E402
import lint  # noqa: E402

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


def found(path, text):
    return [what for _, what in lint.check(path, text)]


def function_of(lines, head="void f(int a) {"):
    return head + "\n" + "    g();\n" * (lines - 2) + "}\n"


class Lint(unittest.TestCase):
    def test_a_source_without_its_licence_line_is_found(self):
        self.assertEqual(found("common/a.cpp", "int a;\n"), ["no SPDX-License-Identifier line"])
        self.assertEqual(found("dev", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"), [])
        self.assertEqual(found("README.md", "# isag\n"), [])

    def test_a_header_without_pragma_once_is_found(self):
        self.assertEqual(len(found("common/a.hpp", SPDX)), 1)
        self.assertEqual(found("common/a.hpp", SPDX + "#pragma once\n"), [])

    def test_a_file_is_too_long_from_301_lines_on(self):
        self.assertEqual(found("common/a.cpp", SPDX + "\n" * 299), [])
        self.assertEqual(len(found("common/a.cpp", SPDX + "\n" * 300)), 1)

    def test_fenced_headers_stay_where_they_belong(self):
        for header, good, bad in [
            ("<boost/beast/http.hpp>", "daemon/engine/http_client.cpp", "daemon/engine/build.cpp"),
            ("<yaml-cpp/yaml.h>", "daemon/config/load.cpp", "client/cmd/run.cpp"),
            ("<libssh/libssh.h>", "client/ssh_session.cpp", "client/cmd/ssh.cpp"),
            ("<archive.h>", "client/archive_reader.cpp", "client/copy/tree_writer.cpp"),
            ("<boost/program_options.hpp>", "client/cli.cpp", "client/cmd/run.cpp"),
            ("<boost/program_options.hpp>", "daemon/main.cpp", "daemon/api/server.cpp"),
            ("<nlohmann/json.hpp>", "proto/wire.cpp", "proto/wire.hpp"),
        ]:
            text = SPDX + "#pragma once\n#include " + header + "\n"
            self.assertEqual(found(good, text), [], good)
            self.assertEqual(len(found(bad, text)), 1, bad)
        self.assertEqual(len(found("common/a.cpp", SPDX + "#include <boost/asio.hpp>\n")), 1)

    def test_modules_include_only_what_is_below_them(self):
        def include(path, header):
            return found(path, SPDX + f'#include "{header}"\n')

        self.assertEqual(include("daemon/init/main.cpp", "proto/init.hpp"), [])
        self.assertEqual(include("daemon/image/plan.cpp", "daemon/config/config.hpp"), [])
        self.assertEqual(include("daemon/main.cpp", "daemon/api/server.hpp"), [])
        self.assertEqual(include("client/cmd/run.cpp", "client/terminal.hpp"), [])
        self.assertEqual(len(include("daemon/init/main.cpp", "daemon/config/config.hpp")), 1)
        self.assertEqual(len(include("daemon/engine/events.cpp", "daemon/sandbox/sandbox.hpp")), 1)
        self.assertEqual(len(include("client/cmd/run.cpp", "daemon/config/config.hpp")), 1)
        self.assertEqual(len(include("common/file.cpp", "proto/api.hpp")), 1)
        self.assertEqual(len(include("common/file.cpp", "../common/file.hpp")), 1)

    def test_long_functions_are_found_wherever_they_stand(self):
        for head in [
            "void f(int a) {",
            "int A::f() const noexcept {",
            "A::A(int a) : a_(a), b_(2) {",
            "auto f() -> std::vector<int> {",
            "static boost::asio::awaitable<void> f(Spec spec,\n    int b) {",
        ]:
            size = head.count("\n")
            self.assertEqual(found("common/a.cpp", SPDX + function_of(60 - size, head)), [], head)
            self.assertEqual(len(found("common/a.cpp", SPDX + function_of(61 - size, head))), 1, head)
        nested = "namespace a {\nclass B {\n" + function_of(61) + "};\n}\n"
        self.assertEqual(len(found("common/a.cpp", SPDX + nested)), 1)

    def test_many_short_functions_a_table_or_a_class_are_no_long_function(self):
        short = "namespace a {\nstruct B {\n" + function_of(5) * 20 + "};\n}\n"
        table = "const Row rows[] = {\n" + '    {"a", 1},\n' * 100 + "};\n"
        string = 'const char* text = R"(\n' + "void f() {\n" * 80 + ')";\n'
        digits = "int a = 1'000;\n" + function_of(5) * 20
        for text in (short, table, string, digits):
            self.assertEqual(found("common/a.cpp", SPDX + text), [])

    def test_banned_calls_are_found_but_not_in_comments(self):
        self.assertEqual(len(found("common/a.cpp", SPDX + "co_spawn(e, f(), asio::detached);\n")), 1)
        self.assertEqual(len(found("common/a.cpp", SPDX + "void f() { io_context.stop(); }\n")), 1)
        self.assertEqual(found("common/a.cpp", SPDX + "// never asio::detached\n"), [])

    def test_a_case_that_ctest_would_lose_is_found(self):
        for name in ("a[0", "a]"):
            self.assertEqual(len(found("tests/a_test.cpp", SPDX + f'TEST_CASE("{name}") {{\n}}\n')), 1, name)
            self.assertEqual(len(found("tests/a_test.cpp", SPDX + f'TEST_CASE_FIXTURE(F,\n  "{name}") {{\n}}\n')), 1, name)
        self.assertEqual(found("tests/a_test.cpp", SPDX + 'TEST_CASE("a; b (c)") {\n    g("[x]");\n}\n'), [])

    def test_the_program_fails_and_names_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(folder + "/common")
            with open(folder + "/common/a.cpp", "w", encoding="utf-8") as file:
                file.write(SPDX + "\n#include <yaml-cpp/yaml.h>\n")
            done = subprocess.run([sys.executable, os.path.abspath(lint.__file__)], input="common/a.cpp\n", cwd=folder,
                                  stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stdout.startswith("common/a.cpp:3: may not include yaml-cpp/yaml.h"), done.stdout)


class CoroLint(unittest.TestCase):
    def found(self, body, head="awaitable<bool> f(S& s) {"):
        return list(coro_lint.check(head + "\n    " + body + "\n}\n"))

    def test_a_coroutine_that_begins_with_a_negated_await_is_found_wherever_it_stands(self):
        body = "if (!co_await g(s)) co_return false;"
        for head in ["awaitable<bool> f(S& s) {", "awaitable<bool> A::f(S& s) const {", "auto f(S s) -> awaitable<bool> {",
                     "const auto f = [&](S s) -> awaitable<bool> {", "awaitable<void>\n    f(S s,\n      int b) noexcept {"]:
            lines = head.count("\n") + 2
            self.assertEqual(self.found(body, head), [(lines, "if (!...) begins a coroutine")], head)
        self.assertEqual(len(self.found("// why\n    if ( ! co_await g(h(s))) co_return false;")), 1)

    def test_with_a_local_before_it_in_a_loop_or_in_a_condition_it_is_none(self):
        for body in ["const bool is_ready = co_await g(s);\n    if (!is_ready) co_return false;",
                     "int n = 0;\n    if (!co_await g(s)) co_return false;",
                     "while (h(s)) {\n        if (!co_await g(s)) co_return false;\n    }",
                     "if (h(s)) {\n        if (!co_await g(s)) co_return false;\n    }",
                     "if (co_await g(s)) co_return false;", "// if (!co_await g(s)) co_return false;"]:
            self.assertEqual(self.found(body), [], body)

    def test_what_is_freed_twice_is_found(self):
        for body in ["co_await g(Agg{1});", "co_await g({1});", "co_await g([s] { h(s); });", "Agg a{.b = co_await g()};",
                     "bool b = co_await g(s) && h(s);"]:
            self.assertEqual(len(self.found(body)), 1, body)
        self.assertEqual(self.found("auto a = Agg{1};\n    co_await g(std::move(a), [&] { h(s); });"), [])


if __name__ == "__main__":
    unittest.main(verbosity=0)
