// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/build_steps.hpp"
#include "common/file.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <doctest/doctest.h>
#include <mutex>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace isag::image;
using isag::test::EngineFixture;
using isag::test::FakeExchange;
using isag::test::FakeRequest;
using isag::test::TempFolder;

namespace {

const std::string id = "0123456789ab";
const std::string other = "ba9876543210";
const std::string running = " ---> Running in ";
const std::string removing = "Removing intermediate container ";

// Has containers with that label, and remembers which were removed.
struct Containers {
    std::map<std::string, std::string> roles;
    std::vector<std::string> removed = {};
    std::mutex mutex = {};

    void answer(const FakeRequest& request, FakeExchange& exchange) {
        const std::lock_guard lock(mutex);
        const auto slash = request.line().find("/containers/");
        const std::string name = request.line().substr(slash + 12, 12);
        const auto role = roles.find(name);
        if (role == roles.end()) return exchange.answer(404, R"({"message":"no such container"})");
        if (request.method == "DELETE") {
            removed.push_back(name);
            roles.erase(role);
            return exchange.answer(204, "");
        }
        exchange.answer(200, R"({"Id":")" + name + R"(","Name":"/x","State":{"Status":"exited","Running":false},)" +
                                 R"("Config":{"Labels":{"isag.role":")" + role->second + R"("}}})");
    }
};

}  // namespace

TEST_CASE("the builder's lines say which container a step runs in, and that it is gone") {
    CHECK(step_container(running + id)->id == id);
    CHECK(!step_container(running + id + "\n")->gone);
    CHECK(step_container(removing + id)->gone);
    for (const std::string line : {"Step 1/3 : FROM x", " ---> 0123456789ab", "Running in 0123456789ab", "",
                                   " ---> Running in ", " ---> Running in ../../etc/x", " ---> Running in 0123456789AB",
                                   " ---> Running in 0123456789ab more", " ---> Running in 0123"})
        CHECK_MESSAGE(!step_container(line), line);
}

TEST_CASE("a step's container is noted while it is there, and belongs to its build while that runs") {
    const TempFolder folder;
    BuildSteps steps(folder / "steps");
    CHECK(!steps.any_left());
    {
        BuildSteps::Watch build(steps);
        build.feed("Step 2/9 : RUN x\n");
        build.feed(running + id);
        CHECK(fs::exists(folder / "steps" / id));
        CHECK(!steps.any_left());
        CHECK(BuildSteps(folder / "steps").any_left());  // the next isagd's, if this one were killed now
        build.feed(removing + id);
        CHECK(!fs::exists(folder / "steps" / id));
        build.feed(running + other);
    }
    CHECK(steps.any_left());
}

TEST_CASE("what a build left is removed, and noted no more") {
    Containers containers{{{id, "build"}, {other, "agent"}}};
    EngineFixture f([&](const FakeRequest& request, FakeExchange& exchange) { containers.answer(request, exchange); });
    const fs::path folder = f.folder / "steps";
    for (const auto& noted : {id, other, std::string("cccccccccccc")}) {
        BuildSteps earlier(folder);
        BuildSteps::Watch(earlier).feed(running + noted);
    }
    BuildSteps steps(folder);
    const auto engine = f.engine();
    f.run(steps.remove_left(*engine));
    CHECK(containers.removed == std::vector{id});  // a step can name what is not the builder's
    CHECK(!steps.any_left());
}

TEST_CASE("while the engine is away, what a build left stays noted") {
    EngineFixture f([](const FakeRequest&, FakeExchange& exchange) { exchange.close(); });
    BuildSteps steps(f.folder / "steps");
    BuildSteps::Watch(steps).feed(running + id);
    const auto engine = f.engine();
    CHECK(f.error_of(steps.remove_left(*engine)) != "");
    CHECK(steps.any_left());
}
