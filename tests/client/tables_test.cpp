// SPDX-License-Identifier: Apache-2.0
#include "client/output.hpp"
#include "client/progress.hpp"
#include "client/ps_table.hpp"
#include "client/top_view.hpp"
#include <doctest/doctest.h>

namespace isag {

TEST_CASE("ps is a table whose columns are aligned, and what sandboxes say can't break it") {
    proto::SandboxInfo web;
    web.name = "web";
    web.agent = "claude";
    web.status = "running";
    web.started = 1000;
    web.cpu_percent = 12.34;
    web.memory = 300 * 1024 * 1024;
    web.blocked = 7;
    web.project =
        "/home/ann/w\xc3\xa9"
        "b";
    proto::SandboxInfo other = web;
    other.name = "a-longer-name\x1b[2J";
    other.agent = "codex";
    other.started = 1000 - 3 * 3600;
    other.memory = 0;
    CHECK(ps_table({web, other}, 1042) ==
          "NAME                  AGENT   STATUS   UP   CPU    MEM       BLOCKED  PROJECT\n"
          "web                   claude  running  42s  12.3%  300.0MiB  7        /home/ann/w\xc3\xa9"
          "b\n"
          "a-longer-name\\x1b[2J  codex   running  3h   12.3%  0B        7        /home/ann/w\xc3\xa9"
          "b\n");
    CHECK(ps_table({}, 0) == "NAME  AGENT  STATUS  UP  CPU  MEM  BLOCKED  PROJECT\n");
}

TEST_CASE("top shows what was taken between two looks, the busiest first") {
    using namespace std::chrono_literals;
    proto::SandboxInfo web;
    web.name = "web";
    web.agent = "claude";
    web.status = "running";
    web.started = 1000;
    web.cpu_time = 1'000'000;
    web.bytes_received = 5000;
    web.project = "/w";
    auto api = web;
    api.name = "api";
    const TopSample before{{}, {web, api}};
    api.cpu_time += 3'000'000;
    api.bytes_received += 4096;
    api.bytes_sent += 20;
    auto restarted = web;  // another one of the same name
    restarted.started = 1030;
    restarted.cpu_time = 10;
    const std::string head = "NAME  AGENT   STATUS   UP   CPU     MEM  RECEIVED  SENT   BLOCKED  PROJECT\n";
    CHECK(top_table(before, {TopSample{}.time + 2s, {web, api}}, 1042) ==
          head +
              "api   claude  running  42s  150.0%  0B   2.0KiB/s  10B/s  0        /w\n"
              "web   claude  running  42s  0.0%    0B   0B/s      0B/s   0        /w\n");
    CHECK(top_table(before, {TopSample{}.time + 2s, {restarted}}, 1042).find(" 12s  0.0% ") != std::string::npos);
    CHECK(top_table(before, before, 1042).find("0.0%") != std::string::npos);  // no time between them
}

TEST_CASE("top draws no more than the screen holds") {
    CHECK(top_screen("one\ntwo\nthree\n", {2, 80}) == "\x1b[Hone\x1b[K\r\ntwo\x1b[K\x1b[J");
    CHECK(top_screen("w\xc3\xa9lc\n", {5, 4}) == "\x1b[Hw\xc3\xa9l\x1b[K\x1b[J");
}

TEST_CASE("durations and sizes are short") {
    CHECK(short_duration(-5) == "0s");
    CHECK(short_duration(59) == "59s");
    CHECK(short_duration(60) == "1m");
    CHECK(short_duration(3599) == "59m");
    CHECK(short_duration(3600 + 125) == "1h2m");
    CHECK(short_duration(2 * 86400) == "2d");
    CHECK(short_duration(2 * 86400 + 5 * 3600) == "2d5h");
    CHECK(short_size(0) == "0B");
    CHECK(short_size(1023) == "1023B");
    CHECK(short_size(1536) == "1.5KiB");
    CHECK(short_size(1024 * 1024 - 1) == "1.0MiB");
    CHECK(short_size(std::int64_t{5} << 40) == "5.0TiB");
    CHECK(short_size(std::int64_t{5} << 50) == "5120.0TiB");
}

TEST_CASE("progress is a bar with the step's name, as long as the line is wide") {
    const proto::Progress half{"image", "install node", 5, 10};
    CHECK(progress_bar(half, 80, false) == "image [##########----------] 5/10 install node");
    CHECK(progress_bar(half, 80, true) == "\x1b[1mimage\x1b[0m [##########----------] 5/10 install node");
    CHECK(progress_bar(half, 40, false) == "image [##########----------] 5/10 insta");
    CHECK(progress_bar(half, 4, true) == "ima");
    CHECK(progress_bar({"base image", "pulling", 0, 0}, 80, false) == "base image pulling");
    CHECK(progress_bar({"image", "all", 12, 10}, 80, false) == "image [####################] 12/10 all");
    CHECK(progress_bar({"image", "\xc3\xa9\xc3\xa9\xc3\xa9", 0, 0}, 9, false) == "image \xc3\xa9\xc3\xa9");
    CHECK(progress_bar({"image", "RUN x\r\x1b[2J", 0, 0}, 80, false) == "image RUN x\\x0d\\x1b[2J");
}

TEST_CASE("without a terminal progress is a line a step") {
    CHECK(progress_line({"image", "install node", 5, 10}) == "image: 5/10 install node");
    CHECK(progress_line({"base image", "pulling\n", 0, 0}) == "base image: pulling\\n");
}

TEST_CASE("text of several lines keeps its lines and loses its controls") {
    CHECK(escape_lines("a\nb\x1b[2Jc\n") == "a\nb\\x1b[2Jc\n");
    CHECK(escape_lines("") == "");
}

}  // namespace isag
