// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

// What hides and protects stays in place whatever the host does (security.md F3).
namespace fs = std::filesystem;

namespace isag::test {
namespace {

const std::string rules = "exclude:\n  files: [.env]\n  folders: [secrets]\nprotect: [.git/config, .vscode]\n";

struct Guarded {
    Guarded() : home("claude", rules) {
        for (const char* folder : {"secrets", ".git", ".vscode"}) fs::create_directory(home.project() / folder);
        write(".env", "key=one\n");
        write("secrets/a", "a\n");
        write(".git/config", "[core]\n");
        write(".vscode/tasks.json", "{}\n");
    }
    // As editors and git save: a new file takes the old one's name.
    void replace(const std::string& name, const std::string& text) const {
        write(name + ".new", text);
        fs::rename(home.project() / (name + ".new"), home.project() / name);
    }
    void write(const std::string& name, const std::string& text) const { home.write(home.project() / name, text); }
    std::string inside(const std::string& script) const {
        return home.isag({"exec", "web", "--", "sh", "-c", script}).out;
    }
    std::string status() const {
        const auto list = nlohmann::json::parse(home.isag({"ps", "--json"}).out);
        return list.empty() ? "" : list.at(0).at("status").get<std::string>();
    }
    std::string events() const {
        std::string out;
        for (const auto& event : nlohmann::json::parse(home.isag({"events", "--json"}).out))
            if (event.at("what").get<std::string>().ends_with("paused"))
                out += event.at("what").get<std::string>().substr(8) + " ";
        return out;
    }
    // As often, and each time it went on.
    bool was_paused(std::size_t times) const {
        std::string pairs;
        for (std::size_t i = 0; i < times; ++i) pairs += "paused unpaused ";
        return eventually([&] { return events().find(pairs) != std::string::npos; });
    }
    bool comes(const std::string& wanted) const {
        return eventually([&] { return status() == wanted; });
    }
    Home home;
};

}  // namespace

TEST_CASE("what the host replaces is covered again") {
    const Guarded place;
    const auto web = place.home.start_sandbox({"--name", "web"});
    CHECK(place.inside("cat .env; ls secrets; cat .git/config") == "[core]\n");

    place.replace(".env", "key=two\n");
    CHECK(place.was_paused(1));
    CHECK(place.inside("cat .env") == "");

    place.replace(".git/config", "[user]\n");
    CHECK(place.was_paused(2));
    CHECK(place.inside("cat .git/config; echo x >> .git/config") == "[user]\n");

    fs::rename(place.home.project() / "secrets", place.home.project() / "old");
    fs::create_directory(place.home.project() / "secrets");
    place.write("secrets/b", "b\n");
    CHECK(place.was_paused(3));
    CHECK(place.inside("ls secrets") == "");
    CHECK(place.status() == "running");
    CHECK(place.home.stop_all() == "");
}

TEST_CASE("a sandbox stays paused for what is gone, until that is back or a person lets it go on") {
    const Guarded place;
    auto web = place.home.start_sandbox({"--name", "web"});
    const auto tasks = place.home.project() / ".vscode/tasks.json";

    fs::remove_all(place.home.project() / ".vscode");
    CHECK(place.comes("paused"));
    CHECK(eventually([&] { return web.err().find(".vscode is gone") != std::string::npos; }));
    const auto refused = place.home.isag({"exec", "web", "--", "true"});
    CHECK(refused.status == 125);
    CHECK(refused.err.find("'isag unpause web' lets it go on so") != std::string::npos);
    place.write(".vscode/tasks.json", "{}\n");
    CHECK(place.comes("running"));
    CHECK(place.inside("echo x > .vscode/new 2>/dev/null || echo refused") == "refused\n");

    fs::remove_all(place.home.project() / ".vscode");
    fs::remove(place.home.project() / ".env");
    CHECK(place.comes("paused"));
    const auto unpaused = place.home.isag({"unpause", "web"});
    CHECK(unpaused.out ==
          (place.home.project() / ".env").string() + "\n" + (place.home.project() / ".vscode").string() + "\n");
    CHECK(place.status() == "running");
    CHECK(place.inside("mkdir .vscode && echo made") == "made\n");
    CHECK(place.home.isag({"unpause", "web"}).status == 1);
}

TEST_CASE("a sandbox that could go on as if it were not covered stays paused") {
    struct Row {
        const char* script;  // takes what it can have for a moment, and keeps it
        const char* path;
    };
    // A descriptor for reading; a folder on the way, a hidden one, both as a working directory; another thread's.
    for (const Row& row :
         {Row{"[ -w .git/config ] && exec 5<.git/config", ".git/config"}, Row{"[ -w .git/new ] && cd .git", ".git"},
          Row{"[ -e secrets/b ] && cd secrets", "secrets"}}) {
        CAPTURE(row.path);
        const Guarded place;
        const auto web = place.home.start({"run", "--name", "web", "--", "bash", "-c",
                                           std::string("touch ready; while :; do ") + row.script + "; done"});
        CHECK(eventually([&] { return fs::exists(place.home.project() / "ready"); }));
        const std::string told = std::string("has /workspace/project/") + row.path + " open from before";
        bool was_held = false;
        for (int tries = 0; tries < 10 && !was_held; ++tries) {
            const auto old = place.home.project() / ("old" + std::to_string(tries));
            const std::string name = row.path;
            fs::rename(place.home.project() / name, old);
            if (name == ".git/config") place.write(name, "new\n");
            if (name == ".git") place.write(".git/new", ""), place.write(".git/config", "");
            if (name == "secrets") place.write("secrets/b", "");
            was_held = eventually([&] { return web.err().find(told) != std::string::npos; }, std::chrono::seconds(4));
        }
        CHECK(was_held);
        CHECK(place.status() == "paused");
        const auto begin = Clock::now();
        CHECK(place.home.isag({"stop", "web"}).status == 0);
        CHECK(Clock::now() - begin < std::chrono::seconds(8));  // it is not asked first
        CHECK(place.home.stop_all() == "");
    }
}

TEST_CASE("the next isagd covers what was lost, and lets the sandbox go on") {
    const Guarded place;
    const auto web = place.home.isag({"run", "-d", "--name", "web", "--", "sleep", "300"});
    REQUIRE(web.status == 0);
    fs::remove(place.home.project() / ".env");
    CHECK(place.comes("paused"));
    place.home.signal_daemon(SIGKILL);
    CHECK(place.home.daemon_ends());
    CHECK(place.comes("paused"));
    place.home.signal_daemon(SIGKILL);
    CHECK(place.home.daemon_ends());
    place.write(".env", "key=three\n");
    place.replace(".git/config", "[two]\n");
    CHECK(place.comes("running"));
    CHECK(place.inside("cat .env; cat .git/config; echo x >> .git/config") == "[two]\n");
    CHECK(place.home.stop_all() == "");
}

}  // namespace isag::test
