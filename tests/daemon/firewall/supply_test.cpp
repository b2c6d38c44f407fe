// SPDX-License-Identifier: Apache-2.0
#include "common/sha256.hpp"
#include "common/task_group.hpp"
#include "daemon/firewall/gate_image.hpp"
#include "daemon/firewall/uplink.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <algorithm>
#include <ctime>
#include <doctest/doctest.h>
#include <fstream>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::firewall;
using namespace isag::test;

namespace {

const std::string content = "a tar archive";
const std::string digest = sha256_hex(content);
const std::string name = "isag/gate:" + digest.substr(0, 16);

std::string image_reply(const std::string& id, const std::string& label, const std::string& layer) {
    return R"({"Id":")" + id + R"(","Config":{"Labels":{"isag.gate":")" + label +
           R"("}},"RootFS":{"Layers":["sha256:)" + layer + "\"]}}";
}

// An engine with what somebody put there, which an import replaces.
struct Images {
    std::string present;  // the reply to an inspect; empty: no such image
    bool keeps = true;    // what is imported
    int imports = 0;
    std::string imported;
    std::string all = "[]";            // the reply to a list
    std::vector<std::string> removed;  // "old", or "used" where the engine refused
    FakeEngine::Script script() {
        return [this](const FakeRequest& request, FakeExchange& exchange) {
            if (request.line() == "GET /images/json") return exchange.answer(200, all);
            if (request.line().starts_with("DELETE /images/")) {
                removed.push_back(request.line().substr(15));
                return exchange.answer(removed.back() == "used" ? 409 : 200, R"({"message":"a container uses it"})");
            }
            if (request.line() == "POST /images/create") {
                ++imports;
                imported = request.body;
                if (keeps) present = image_reply("ours", digest, digest);
                return exchange.answer(200, "{}");
            }
            if (present.empty()) return exchange.answer(404, "{}");
            exchange.answer(200, present);
        };
    }
};

struct SuppliedEngine {
    explicit SuppliedEngine(FakeEngine::Script script) : engine(std::move(script)) {
        std::ofstream(archive()) << content;
    }
    std::filesystem::path archive() const { return engine.folder.path() / "isag-gate.tar"; }
    EngineFixture engine;
};

asio::awaitable<void> ensure_twice(GateImage& image, engine::Engine& engine, std::string& id) {
    id = co_await image.ensure(engine);
    const auto again = co_await image.ensure(engine);
    CHECK(again == id);
}

asio::awaitable<void> ensure_into(GateImage& image, engine::Engine& engine, std::vector<std::string>& ids) {
    ids.push_back(co_await image.ensure(engine));
}

asio::awaitable<void> ensure_many(GateImage& image, engine::Engine& engine, std::vector<std::string>& ids) {
    TaskGroup group(co_await asio::this_coro::executor, [](std::exception_ptr) { FAIL("one failed"); });
    for (int i = 0; i < 5; ++i) group.spawn(ensure_into(image, engine, ids));
    co_await group.join();
}

// An engine with networks, by a script of its own.
struct Networks {
    std::string list = "[]";
    int made = 0, removed = 0;
    std::string spec;
    FakeEngine::Script script() {
        return [this](const FakeRequest& request, FakeExchange& exchange) {
            if (request.line() == "GET /networks") return exchange.answer(200, list);
            if (request.line() == "POST /networks/create") {
                ++made;
                spec = request.body;
                return exchange.answer(201, R"({"Id":"n1"})");
            }
            ++removed;
            exchange.answer(403, R"({"message":"network has active endpoints"})");
        };
    }
};

constexpr const char* owner = "0123456789abcdef0123456789abcdef";

std::string listed(const std::string& id, const std::string& label, const std::string& icc) {
    return R"([{"Id":")" + id + R"(","Name":"isag-0123456789ab","Driver":"bridge","Labels":{"isag.owner":")" + label +
           R"("},"Options":{"com.docker.network.bridge.enable_icc":")" + icc + "\"}}]";
}

asio::awaitable<void> ensure_uplink(Uplink& uplink, engine::Engine& engine, std::string& id) {
    id = co_await uplink.ensure(engine);
}

}  // namespace

TEST_CASE("GateImage: loaded once where it is not there, with the archive's bytes") {
    Images images;
    SuppliedEngine fixture(images.script());
    const auto engine = fixture.engine.engine();
    GateImage image(fixture.archive());
    std::string id;
    fixture.engine.run(ensure_twice(image, *engine, id));
    CHECK(id == "ours");
    CHECK(images.imports == 1);
    CHECK(images.imported == content);
}

TEST_CASE("GateImage: with a new one, those of older versions go that nothing uses") {
    Images images;
    const auto now = std::to_string(std::time(nullptr));
    images.all = R"([{"Id":"used","Created":1},{"Id":"ours","Created":1},{"Id":"young","Created":)" + now +
                 R"(},{"Id":"old","Created":1}])";
    SuppliedEngine fixture(images.script());
    const auto engine = fixture.engine.engine();
    std::string id;
    GateImage image(fixture.archive());
    fixture.engine.run(ensure_twice(image, *engine, id));
    CHECK(images.removed == std::vector<std::string>{"used", "old"});
    GateImage next(fixture.archive());
    fixture.engine.run(ensure_twice(next, *engine, id));
    CHECK(images.removed.size() == 2);  // nothing was loaded
}

TEST_CASE("GateImage: one that an earlier isagd loaded is taken as it is") {
    Images images;
    images.present = image_reply("earlier", digest, digest);
    SuppliedEngine fixture(images.script());
    const auto engine = fixture.engine.engine();
    GateImage image(fixture.archive());
    std::string id;
    fixture.engine.run(ensure_twice(image, *engine, id));
    CHECK(id == "earlier");
    CHECK(images.imports == 0);
}

TEST_CASE("GateImage: somebody else's image by that name is not believed") {
    const std::string other = sha256_hex("another");
    for (const auto& spoofed : {image_reply("theirs", digest, other), image_reply("theirs", other, digest)}) {
        Images images;
        images.present = spoofed;
        SuppliedEngine fixture(images.script());
        const auto engine = fixture.engine.engine();
        GateImage image(fixture.archive());
        std::string id;
        fixture.engine.run(ensure_twice(image, *engine, id));
        CHECK(id == "ours");
        CHECK(images.imports == 1);
    }
}

TEST_CASE("GateImage: an engine that does not keep it, and an archive that is missing, are errors") {
    Images images;
    images.keeps = false;
    SuppliedEngine fixture(images.script());
    const auto engine = fixture.engine.engine();
    GateImage image(fixture.archive());
    std::vector<std::string> ids;
    CHECK(fixture.engine.error_of(ensure_into(image, *engine, ids)) ==
          "the engine does not keep the gate's image " + name);
    GateImage missing(fixture.engine.folder.path() / "nowhere.tar");
    CHECK(fixture.engine.error_of(ensure_into(missing, *engine, ids)) != "");
}

TEST_CASE("GateImage: many sandboxes that start together load it once") {
    Images images;
    SuppliedEngine fixture(images.script());
    const auto engine = fixture.engine.engine();
    GateImage image(fixture.archive());
    std::vector<std::string> ids;
    fixture.engine.run(ensure_many(image, *engine, ids));
    CHECK(ids == std::vector<std::string>(5, "ours"));
    CHECK(images.imports == 1);
}

TEST_CASE("Uplink: one that fits is used, else one is made without traffic between its containers") {
    struct Case {
        std::string list;
        int made;
    };
    for (const auto& [list, made] : {Case{"[]", 1}, Case{listed("n0", owner, "false"), 0},
                                     Case{listed("n0", owner, "true"), 1}, Case{listed("n0", "else", "false"), 1}}) {
        Networks networks;
        networks.list = list;
        EngineFixture fixture(networks.script());
        const auto engine = fixture.engine();
        Uplink uplink(owner);
        std::string id;
        fixture.run(ensure_uplink(uplink, *engine, id));
        CHECK(networks.made == made);
        CHECK(id == (made == 1 ? "n1" : "n0"));
        if (made == 1)
            CHECK(networks.spec.find(R"("com.docker.network.bridge.enable_icc":"false")") != std::string::npos);
    }
}

TEST_CASE("Uplink: it is not removed while a gate uses it, and an engine that finds it in use may keep it") {
    Networks networks;
    networks.list = listed("n0", owner, "false");
    EngineFixture fixture(networks.script());
    const auto engine = fixture.engine();
    Uplink uplink(owner);
    auto use = uplink.use();
    CHECK(uplink.in_use());
    fixture.run(uplink.remove_unused(*engine));
    CHECK(networks.removed == 0);
    use.reset();
    CHECK_FALSE(uplink.in_use());
    fixture.run(uplink.remove_unused(*engine));
    CHECK(networks.removed == 1);
}
