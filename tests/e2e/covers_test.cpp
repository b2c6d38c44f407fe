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

namespace {

// Whenever it gets the path without its cover, it keeps a way around the next one; in the first moment that may be the
// old file's.
const std::string keep = R"(import ctypes, os, socket, sys
how, path = sys.argv[1:]
place = os.path.abspath(path)
kept = []
seen = set()

def is_uncovered(file):
    if path == ".git":
        return os.access("config", os.W_OK, dir_fd=file)
    if path == "secrets":
        return os.listdir(file) != []
    if path == ".env":
        return os.fstat(file).st_size > 0
    return not os.fstatvfs(file).f_flag & os.ST_RDONLY

def keep(file):
    if how == "works":
        os.fchdir(file)
    if how == "maps":
        ctypes.CDLL(None).mmap(None, 4096, 1, 1, file, 0)
    if how == "sends":
        kept.append(socket.socketpair())
        socket.send_fds(kept[-1][0], [b"x"], [file])
    if how == "links":
        os.link(place, ".git/other" + str(len(seen)))
    if how == "opens":
        kept.append(os.dup(file))

open("ready", "w").close()
while True:
    try:
        file = os.open(place, os.O_RDONLY)
    except OSError:
        continue
    try:
        inode = os.fstat(file).st_ino
        if is_uncovered(file) and inode not in seen:
            keep(file)
            seen.add(inode)
    except OSError:
        pass
    os.close(file)
)";

struct Way {
    const char* name;
    std::vector<std::string> words;  // for that program; the second is what the host replaces
    const char* told;
};

const std::vector<Way> ways{
    {"a descriptor", {"opens", ".git/config"}, "has /workspace/project/.git/config open from before"},
    {"a folder on the way", {"works", ".git"}, "has /workspace/project/.git open from before"},
    {"a hidden folder", {"works", "secrets"}, "has /workspace/project/secrets open from before"},
    {"a mapping", {"maps", ".env"}, "somebody has a file at /workspace/project/.env open"},
    {"a descriptor in flight", {"sends", ".git/config"}, "keeps open files, nobody knows which"},
    {"a second name", {"links", ".git/config"}, "a file at /workspace/project/.git/config has another name"},
};

// The old one stays where it is moved to. What comes is made before: there is no moment without one.
void replace_anew(const Guarded& place, const std::string& name, int time) {
    if (name == ".git/config" || name == ".env") return place.replace(name, "new\n");
    const auto project = place.home.project();
    if (name == ".git") place.write("next/new", ""), place.write("next/config", "");
    if (name == "secrets") place.write("next/b", "");
    fs::rename(project / name, project / ("old" + std::to_string(time)));
    fs::rename(project / "next", project / name);
}

}  // namespace

TEST_CASE("a sandbox that could go on as if it were not covered stays paused") {
    for (const auto& way : ways) {
        CAPTURE(way.name);
        const Guarded place;
        place.write("keep.py", keep);
        std::vector<std::string> words{"run", "--name", "web", "--", "python3", "keep.py"};
        words.insert(words.end(), way.words.begin(), way.words.end());
        const auto web = place.home.start(words);
        CHECK(eventually([&] { return fs::exists(place.home.project() / "ready"); }));
        const auto is_told = [&] { return web.err().find(way.told) != std::string::npos; };
        bool was_held = false;
        for (int tries = 0; tries < 10 && !was_held; ++tries) {
            replace_anew(place, way.words.at(1), tries);
            was_held = eventually(is_told, std::chrono::seconds(5));
        }
        CHECK_MESSAGE(was_held, web.err());
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
