// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/daemon/terminal/stage.hpp"

namespace asio = boost::asio;
namespace isag::terminal {

TEST_CASE("OutputLog: what came after a place is found by the next log too, across its files, as far as they reach") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    const std::string block(std::size_t{3} << 20, 'x');
    std::string all;
    std::optional<OutputLog> log(std::in_place, path, folder / "intake");
    CHECK(log->end() == 0);
    for (int i = 0; i < 6; ++i) {
        const std::string output = std::to_string(i) + block;
        log->append(output);
        all += output;
        if (log->is_full()) log->checkpoint({24, 80}, "");
        if (i % 2 == 1) log.emplace(path, folder / "intake");
        REQUIRE(log->end() == std::ssize(all));
        for (const std::size_t wanted : {std::size_t{0}, std::size_t{7}, block.size() + 3}) {
            const std::size_t place = all.size() - std::min(wanted, all.size());
            CHECK((log->since(static_cast<std::int64_t>(place), all.size()) == all.substr(place)));  // too long to show
        }
    }
    CHECK(!log->since(std::ssize(all) - 100, 99));
    CHECK(!log->since(0, all.size()));  // the first file is gone
    CHECK(!log->since(std::ssize(all) + 1, 99));
    CHECK(!log->since(-1, all.size()));
}

TEST_CASE("OutputLog: without a checkpoint's count, or after output that was not kept, no place is known") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    OutputLog(path, folder / "intake").append("one");
    CHECK(!OutputLog(path, folder / "intake").end());
}

TEST_CASE("Terminal: who has seen some of it goes on behind that with the next one, and nothing is painted") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        auto viewer = stage.attach({24, 80}, Onto::fresh);
        Reader reader(viewer->take_client_ends());
        program.print("seen and not");
        co_await stage.until([&] { return reader.all().ends_with("seen and not"); });
        const auto place = viewer->place();
        REQUIRE(place.place);
        CHECK(reader.text.substr(static_cast<std::size_t>(place.stream)) == "seen and not");
        const auto first = stage.terminal;
        stage.start();  // while the first one still runs: as after a kill
        auto again = stage.terminal->attach_behind({24, 80}, *place.place + 4);
        REQUIRE(again);
        stage.tasks.spawn(again->write());
        Reader reads(again->take_client_ends());
        co_await first->let_go();
        stage.terminal->connect(program.master.duplicate());
        program.print(", later");
        co_await stage.until([&] { return reads.all() == " and not, later"; });
        CHECK(again->place().place.value() - again->place().stream == *place.place + 4);
        CHECK(!stage.terminal->attach_behind({24, 80}, *place.place + 1000));
    });
}

TEST_CASE("Viewer: who missed output is told no place until it was shown the screen, and then the right one") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        auto viewer = stage.attach({24, 80});
        std::vector<Viewer::Place> told;
        viewer->on_place([&](const Viewer::Place& place) { told.push_back(place); });
        Reader reader(viewer->take_client_ends());
        std::string flood;
        for (int i = 0; i < 400'000; ++i) flood += std::to_string(i) + " flood\r\n";
        std::size_t printed = 0;
        co_await stage.until([&] {
            const ssize_t n = ::write(program.slave.get(), flood.data() + printed, flood.size() - printed);
            if (n > 0) printed += static_cast<std::size_t>(n);
            return printed == flood.size();
        });
        co_await stage.until([&] { return !told.empty(); });
        CHECK(!told.front().place);
        co_await stage.until([&] { return reader.all(), told.back().place.has_value(); });
        program.print("the end");
        flood += "the end";
        co_await stage.until([&] { return reader.all().ends_with("the end"); });
        CHECK(reader.text.substr(static_cast<std::size_t>(told.back().stream)) ==
              flood.substr(static_cast<std::size_t>(*told.back().place)));
    });
}

}  // namespace isag::terminal
