// SPDX-License-Identifier: Apache-2.0
// Against the real engine, with the base image debian:bookworm, the package mirror and the npm registry.
#include "common/error.hpp"
#include "common/file.hpp"
#include "common/task_group.hpp"
#include "daemon/image/base.hpp"
#include "daemon/image/bootstrap.hpp"
#include "daemon/image/build.hpp"
#include "daemon/image/probe.hpp"
#include "tests/daemon/image_engine/real_engine.hpp"
#include "tests/support/temp_folder.hpp"
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::image;
using namespace isag::test;

namespace {

constexpr const char* base_image = "debian:bookworm";

// One engine, one cache folder, one loop for a test.
struct Fixture {
    TempFolder folder;
    asio::io_context context;
    std::vector<std::string> asked;
    std::unique_ptr<engine::Engine> engine;
    KeptReport report;
    Turns turns;
    CertificateSums sums;
    BuildSteps steps{folder.path() / "steps"};

    explicit Fixture(const std::string& socket) : engine(open_engine(socket, asked)) {}

    // No other test's, since each runs in a process of its own.
    static std::string name() { return "image-engine-test-" + std::to_string(::getpid()); }

    ProbeRequest probe_request(const std::string& id) const {
        ProbeRequest request;
        request.reference = base_image;
        request.id = id;
        request.python = "3.11";
        request.environment = current_environment();
        request.cache = folder.path() / "cache";
        request.labels["isag.owner"] = name();
        return request;
    }

    BuildContext build_context(config::Vendor vendor) {
        BuildContext build{*engine, report, turns, sums, steps, {}, 1234, 1234, false, current_environment(),
                           {},      {},     {}};
        build.artifacts = folder.path() / "slot";
        build.directories.cache = folder.path() / "cache";
        build.config.container.base_image = base_image;
        build.config.container.python = "3.11";
        build.config.container.name = name();
        build.config.agent.vendor = vendor;
        return build;
    }

    std::size_t times_asked(const std::string& start) const {
        return static_cast<std::size_t>(std::count_if(
            asked.begin(), asked.end(), [&](const std::string& request) { return request.starts_with(start); }));
    }
};

#define SKIP_WITHOUT_ENGINE(socket)                                                     \
    const auto socket = engine_socket();                                                \
    if (!socket) {                                                                      \
        MESSAGE("skipped: no container engine's socket is there, or it is not for us"); \
        return;                                                                         \
    }

asio::awaitable<std::string> base_id(engine::Engine& engine) {
    const auto image = co_await engine.find_image(base_image);
    co_return image ? image->id : "";
}

// Those of this fixture: other tests probe at the same time.
asio::awaitable<std::size_t> probes(Fixture& f) {
    const auto containers = co_await f.engine->list_containers("isag.owner=" + f.name());
    co_return containers.size();
}

// Built, and then found by two questions.
asio::awaitable<void> build_twice(Fixture& f, config::Vendor vendor) {
    auto context = f.build_context(vendor);
    f.asked.clear();
    const BuiltImage first = co_await ensure_image(context);
    CHECK(first.built);
    CHECK(first.tag.starts_with("isag/" + f.name() + ":"));
    CHECK(first.id.starts_with("sha256:"));
    CHECK(first.cli_version != "latest");
    CHECK(f.times_asked("POST /build") == 1);
    f.asked.clear();
    const BuiltImage second = co_await ensure_image(context);
    CHECK(!second.built);
    CHECK(second.tag == first.tag);
    CHECK(second.id == first.id);
    CHECK(f.asked.size() == 2);
    CHECK(f.times_asked("GET /images/") == 2);
    CHECK(read_file(f.folder.path() / "slot/build.log")->find("Successfully built") != std::string::npos);
}

// Two at the same time that need the same image, which differs from the others in its last step.
asio::awaitable<void> build_at_once(Fixture& f) {
    std::vector<BuiltImage> images;
    const auto work = [&](BuildContext context) -> asio::awaitable<void> {
        context.uid = 1235;
        images.push_back(co_await ensure_image(std::move(context)));
    };
    TaskGroup group(f.context.get_executor(), [](std::exception_ptr) { CHECK(false); });
    f.asked.clear();
    for (int i = 0; i < 2; ++i) group.spawn(work(f.build_context(config::Vendor::codex)));
    co_await group.join();
    REQUIRE(images.size() == 2);
    CHECK(images[0].id == images[1].id);
    CHECK(images[0].built != images[1].built);
    CHECK(f.times_asked("POST /build") == 1);
}

asio::awaitable<void> fail_to_build(Fixture& f) {
    std::optional<Error> error;
    auto context = f.build_context(config::Vendor::claude);
    context.config.container.extra_packages = {"no-such-package-at-all"};
    try {
        co_await ensure_image(std::move(context));
    } catch (const Error& failed) {
        error = failed;
    }
    REQUIRE(error.has_value());
    CHECK(error->message().find("(extra packages: no-such-package-at-all)") != std::string::npos);
    CHECK(error->message().find("Unable to locate package no-such-package-at-all") != std::string::npos);
    CHECK(error->hint() == "the whole output: " + (f.folder.path() / "slot/build.log").string());
}

asio::awaitable<void> remove_images(Fixture& f) {
    const auto images = co_await f.engine->list_images("isag.image=" + f.name());
    for (const auto& image : images)
        for (const auto& tag : image.tags) co_await f.engine->remove_image(tag);
}

}  // namespace

TEST_CASE("a real base image is probed, nothing is left of the probe, and its facts are kept") {
    SKIP_WITHOUT_ENGINE(socket)
    Fixture f(*socket);
    const auto body = [&]() -> asio::awaitable<void> {
        const std::string id = co_await base_id(*f.engine);
        REQUIRE(!id.empty());
        const auto request = f.probe_request(id);
        CHECK(!kept_facts(request));
        const auto facts = co_await probe(*f.engine, request);
        CHECK(facts.title() == "debian 12");
        CHECK(major_version(facts.node_candidate) == 18);
        CHECK(!facts.python_candidate.empty());
        const auto left = co_await probes(f);
        CHECK(left == 0);
        const auto kept = kept_facts(request);
        REQUIRE(kept.has_value());
        CHECK(kept->node_candidate == facts.node_candidate);
    };
    run(f.context, body());
}

TEST_CASE("a probe that is given up at any of its steps leaves no container") {
    SKIP_WITHOUT_ENGINE(socket)
    for (const char* step : {"POST /containers/create", "start", "wait"}) {
        Fixture f(*socket);
        const auto body = [&]() -> asio::awaitable<void> {
            const std::string id = co_await base_id(*f.engine);
            TaskGroup group(f.context.get_executor(), [](std::exception_ptr) {});
            const auto work = [](engine::Engine& engine, ProbeRequest request) -> asio::awaitable<void> {
                co_await probe(engine, std::move(request));
            };
            group.spawn(work(*f.engine, f.probe_request(id)));
            while (f.asked.back().find(step) == std::string::npos) co_await asio::post(asio::use_awaitable);
            group.cancel();
            co_await group.join();
            const auto left = co_await probes(f);
            CHECK(left == 0);
            CHECK(!kept_facts(f.probe_request(id)));
        };
        run(f.context, body());
    }
}

// One case, so that the engine's cache serves the later images.
TEST_CASE("images with claude and codex are built once, and a step that fails is named with its output") {
    SKIP_WITHOUT_ENGINE(socket)
    Fixture f(*socket);
    const auto body = [&]() -> asio::awaitable<void> {
        co_await build_twice(f, config::Vendor::claude);
        co_await build_twice(f, config::Vendor::codex);
        co_await build_at_once(f);
        co_await fail_to_build(f);
    };
    std::exception_ptr error;
    try {
        run(f.context, body());
    } catch (...) {
        error = std::current_exception();
    }
    f.context.restart();
    run(f.context, remove_images(f));
    if (error) std::rethrow_exception(error);
    const auto& lines = f.report.lines;
    CHECK(std::any_of(lines.begin(), lines.end(),
                      [](const auto& line) { return line.starts_with("image: Node 18 from debian 12 "); }));
}

TEST_CASE("a base image that no registry can give is made by mmdebstrap, under a name of its own") {
    SKIP_WITHOUT_ENGINE(socket)
    if (::geteuid() != 0 || !find_program("mmdebstrap", current_environment())) {
        MESSAGE("skipped: needs root and mmdebstrap");
        return;
    }
    Fixture f(*socket);
    const auto body = [&]() -> asio::awaitable<void> {
        const auto official = co_await f.engine->find_image("debian:11-slim");
        const auto ours = co_await f.engine->find_image("isag/base:debian-11");
        BaseRequest request;
        request.reference = "debian:11-slim";
        request.environment = current_environment();
        request.directories.cache = f.folder.path() / "cache";
        const BaseImage base = co_await ensure_base(*f.engine, f.turns, request, f.report);
        CHECK(!base.id.empty());
        f.asked.clear();
        const BaseImage again = co_await ensure_base(*f.engine, f.turns, request, f.report);
        CHECK(again.id == base.id);
        CHECK(f.asked.size() == 1);
        const auto unfinished = co_await f.engine->find_image("isag/base:debian-11-unfinished");
        CHECK(!unfinished);
        if (base.reference == "isag/base:debian-11" && !ours) co_await f.engine->remove_image(base.reference);
        if (base.reference == "debian:11-slim" && !official) co_await f.engine->remove_image(base.reference);
    };
    run(f.context, body());
}
