// SPDX-License-Identifier: Apache-2.0
// F3 of security.md, on the real engine: what hides and protects stays where the host replaces it.
#include "common/event.hpp"
#include "tests/daemon/sandbox_engine/lab.hpp"
#include <doctest/doctest.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace isag;
using namespace isag::sandbox;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

struct Guarded : Lab {
    explicit Guarded(const RealEngine& engine) : Lab(engine) {
        write(".env", "key=one\n");
        config.exclude.files = {project() / ".env"};
    }
    // As editors save: a new file takes the old one's name.
    void replace(const std::string& name, const std::string& text) const {
        write(name + ".new", text);
        fs::rename(project() / (name + ".new"), project() / name);
    }
};

// Waits until that is what the sandbox tells of a lost cover.
class Told {
public:
    explicit Told(Sandbox& sandbox) {
        listening_ = sandbox.on_lost_cover([this](const LostCover& lost) {
            last_ = lost;
            told_.notify();
        });
    }
    asio::awaitable<void> until(std::function<bool(const LostCover&)> wanted) {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (!last_ || !wanted(*last_)) {
            const bool in_time = co_await told_.wait_until(deadline);
            if (!in_time) throw Error("it was not told of");
        }
        last_.reset();
    }

private:
    isag::Event told_;
    std::optional<LostCover> last_;
    Listeners<LostCover>::Listening listening_;
};

bool goes_on(const LostCover& lost) { return !lost.paused; }
bool is_stuck(const LostCover& lost) { return lost.paused && !lost.obstacle.empty(); }

asio::awaitable<void> cover_again(Guarded& lab, Registry& registry, std::string& out) {
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(
        registry, "read go; cd /workspace/project; cat .env; echo x >>isag.yaml || echo refused; cat isag.yaml", main);
    Told told(*sandbox);
    lab.replace(".env", "key=two\n");
    co_await told.until(goes_on);
    lab.replace("isag.yaml", "project: .\n");
    co_await told.until(goes_on);
    main.streams.at(0).reset();
    co_await lab.read_all(std::move(main.streams.at(1)), out);
    co_await sandbox->wait_ended();
    co_await registry.settle();
}

asio::awaitable<void> let_go_on(Guarded& lab, Registry& registry) {
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(registry, "exec sleep 1000", main);
    Told told(*sandbox);
    const fs::path hidden = lab.project() / ".env";
    fs::remove(hidden);
    co_await told.until(is_stuck);
    CHECK(sandbox->lost_cover()->path == hidden.string());
    CHECK(sandbox->go_on_uncovered() == std::vector<std::string>{hidden.string()});
    co_await told.until([&](const LostCover& lost) { return !lost.paused && lost.uncovered.size() == 1; });
    CHECK_FALSE(sandbox->lost_cover().has_value());
    fs::remove(lab.project() / "isag.yaml");
    co_await told.until(is_stuck);
    co_await registry.stop(sandbox, 60s);  // at once: paused it would hear nothing
}

asio::awaitable<void> leave_paused(Guarded& lab, Registry& registry, SpawnedProcess& main) {
    const auto sandbox = co_await lab.start(registry, "exec sleep 1000", main);
    Told told(*sandbox);
    fs::remove(lab.project() / ".env");
    co_await told.until(is_stuck);
}

asio::awaitable<void> take_over(Guarded& lab, Registry& registry) {
    co_await registry.adopt();
    const auto sandbox = registry.list().at(0);
    CHECK(sandbox->lost_cover().has_value());
    Told told(*sandbox);
    lab.replace(".env", "key=three\n");
    co_await told.until(goes_on);
    co_await registry.stop(sandbox, 0s);
}

}  // namespace

TEST_CASE("F3: what the host replaces is hidden and protected again") {
    USE_REAL_ENGINE(real);
    Guarded lab(*real);
    std::string out;
    lab.run([&](Registry& registry) { return cover_again(lab, registry, out); });
    CHECK(out == "refused\nproject: .\n");
}

TEST_CASE("F3: a sandbox whose cover can't be laid again stays paused, until a person lets it go on or it is stopped") {
    USE_REAL_ENGINE(real);
    Guarded lab(*real);
    lab.run([&](Registry& registry) { return let_go_on(lab, registry); });
}

TEST_CASE("F3: one that is paused is so under the next isagd, which covers what comes back") {
    USE_REAL_ENGINE(real);
    Guarded lab(*real);
    SpawnedProcess kept;
    lab.run([&](Registry& registry) { return leave_paused(lab, registry, kept); });
    lab.run([&](Registry& registry) { return take_over(lab, registry); });
}
