// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "daemon/image/context.hpp"
#include "daemon/sandbox/record.hpp"
#include "tests/support/engine_image.hpp"
#include "tests/support/temp_folder.hpp"
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::engine;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    explicit Fixture(const RealEngine& real) : engine(real.open()), image(real.image) {}
    asio::io_context context;
    std::unique_ptr<Engine> engine;
    std::string image;
    std::string mark = sandbox::random_hex(12);  // of this test alone
    std::string label() const { return "isag.test=" + mark; }
};

asio::awaitable<void> describe(Fixture& fixture) {
    const auto info = co_await fixture.engine->info();
    utsname here{};
    ::uname(&here);
    CHECK(info.kernel == here.release);
    CHECK(info.memory > 0);
    CHECK(info.cpus > 0);
    CHECK_FALSE(info.version.empty());
    CHECK_FALSE(info.runtimes.empty());
}

asio::awaitable<void> live(Fixture& fixture) {
    Engine& engine = *fixture.engine;
    const nlohmann::json body{{"Image", fixture.image},
                              {"Cmd", {"sh", "-c", "echo out; echo err >&2; exit 3"}},
                              {"Labels", {{"isag.test", fixture.mark}}},
                              {"HostConfig", {{"NetworkMode", "none"}}}};
    auto spec = std::make_shared<const nlohmann::json>(body);
    const auto id = co_await engine.create_container("isag-test-" + fixture.mark, spec);
    auto state = co_await engine.inspect_container(id);
    CHECK(state->status == "created");
    co_await engine.start_container(id);
    const auto code = co_await engine.wait_container(id);
    CHECK(code == 3);
    state = co_await engine.inspect_container(id);
    CHECK_FALSE(state->running);
    CHECK(state->exit_code == 3);
    CHECK(state->labels["isag.test"] == fixture.mark);
    const auto output = co_await engine.container_output(id);
    CHECK(output.find("out\n") != std::string::npos);
    CHECK(output.find("err\n") != std::string::npos);
    const auto listed = co_await engine.list_containers(fixture.label());
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].id == id);
    co_await engine.kill_container(id, "KILL");  // not running: no error
    co_await engine.remove_container(id);
    co_await engine.remove_container(id);  // gone: no error
    state = co_await engine.inspect_container(id);
    CHECK_FALSE(state.has_value());
}

asio::awaitable<void> refuse(Fixture& fixture, std::string& text) {
    const nlohmann::json body{{"Image", "isag-test/there-is-no-such:image"}};
    auto spec = std::make_shared<const nlohmann::json>(body);
    try {
        co_await fixture.engine->create_container("isag-test-" + fixture.mark, spec);
    } catch (const Error& error) {
        text = error.message();
    }
}

asio::awaitable<void> import(Fixture& fixture, UniqueFd archive) {
    Engine& engine = *fixture.engine;
    const std::string repository = "isag-test/import";
    const std::string name = repository + ":" + fixture.mark;
    std::vector<std::string> changes;
    changes.push_back("ENV A=b");
    changes.push_back("LABEL isag.test=" + fixture.mark);
    co_await engine.import_image(std::move(archive), repository, fixture.mark, std::move(changes));
    const auto image = co_await engine.find_image(name);
    REQUIRE(image.has_value());
    CHECK(image->labels.at("isag.test") == fixture.mark);
    co_await engine.tag_image(name, repository, fixture.mark + "-2");
    const auto listed = co_await engine.list_images(fixture.label());
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].tags.size() == 2);
    co_await engine.remove_image(name + "-2");
    co_await engine.remove_image(name);
    co_await engine.remove_image(name);  // gone: no error
    const auto gone = co_await engine.find_image(name);
    CHECK_FALSE(gone.has_value());
}

// The lines, and what went wrong; the image is removed again.
asio::awaitable<void> build(Fixture& fixture, std::string steps, std::vector<std::string>& lines, std::string& failure,
                            std::function<void(const std::string&)> on_line) {
    std::vector<image::NamedFile> files;
    files.push_back({"Dockerfile", "FROM " + fixture.image + "\nLABEL isag.test=" + fixture.mark + "\n" + steps});
    BuildOptions options;
    options.tag = "isag-test/build:" + fixture.mark;
    options.context = image::make_context(std::move(files)).value();
    options.no_cache = true;
    const auto keep = [&](const std::string& line) {
        lines.push_back(line);
        if (on_line) on_line(line);
    };
    try {
        co_await fixture.engine->build(std::move(options), keep);
        co_await fixture.engine->remove_image("isag-test/build:" + fixture.mark);
    } catch (const Error& error) {
        failure = error.message();
    }
}

asio::awaitable<void> containers_gone(Fixture& fixture, bool& gone) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (!gone && std::chrono::steady_clock::now() < deadline) {
        const auto left = co_await fixture.engine->list_containers(fixture.label());
        gone = left.empty();
        pause.expires_after(50ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

}  // namespace

TEST_CASE("engine: describes itself") {
    USE_REAL_ENGINE(real);
    Fixture fixture(*real);
    run(fixture.context, describe(fixture));
}

TEST_CASE("engine: a container from its creation to its removal") {
    USE_REAL_ENGINE(real);
    Fixture fixture(*real);
    run(fixture.context, live(fixture));
}

TEST_CASE("engine: what it refuses is told in its own words") {
    USE_REAL_ENGINE(real);
    Fixture fixture(*real);
    std::string text;
    run(fixture.context, refuse(fixture, text));
    CHECK(text.starts_with("the engine refused to create the container isag-test-" + fixture.mark + ": "));
}

TEST_CASE("engine: an image is imported, tagged, listed and removed") {
    USE_REAL_ENGINE(real);
    Fixture fixture(*real);
    TempFolder folder;
    std::vector<image::NamedFile> files;
    files.push_back({"etc/mark", fixture.mark});
    std::ofstream(folder.path() / "root.tar") << image::make_context(std::move(files)).value();
    UniqueFd archive(::open((folder.path() / "root.tar").c_str(), O_RDONLY | O_CLOEXEC));
    run(fixture.context, import(fixture, std::move(archive)));
}

TEST_CASE("engine: a build tells its lines, and a step that fails its command") {
    USE_REAL_ENGINE(real);
    std::vector<std::string> lines;
    std::string failure;
    {
        Fixture fixture(*real);
        run(fixture.context, build(fixture, "RUN echo one; echo two\n", lines, failure, nullptr));
        CHECK(failure == "");
        CHECK(std::find(lines.begin(), lines.end(), "one") != lines.end());
        CHECK(std::find(lines.begin(), lines.end(), "two") != lines.end());
    }
    Fixture fixture(*real);
    run(fixture.context, build(fixture, "RUN echo before; exit 7\n", lines, failure, nullptr));
    CHECK(failure.starts_with("the build failed: "));
    CHECK(failure.find("exit 7") != std::string::npos);
    bool gone = false;
    fixture.context.restart();
    run(fixture.context, containers_gone(fixture, gone));
    CHECK(gone);
}

TEST_CASE("engine: cancelling a build leaves no container") {
    USE_REAL_ENGINE(real);
    Fixture fixture(*real);
    std::vector<std::string> lines;
    std::string failure;
    asio::cancellation_signal cancel;
    const auto on_line = [&](const std::string& line) {
        if (line == "started") cancel.emit(asio::cancellation_type::terminal);
    };
    asio::co_spawn(fixture.context, build(fixture, "RUN echo started; sleep 600\n", lines, failure, on_line),
                   asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr) {}));
    fixture.context.run();
    CHECK(lines.back() == "started");
    bool gone = false;
    fixture.context.restart();
    run(fixture.context, containers_gone(fixture, gone));
    CHECK(gone);
}
