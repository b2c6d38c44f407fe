// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
using test::Home;
namespace fs = std::filesystem;
namespace {

// A sandbox called shop, and folders to copy from and to, beside its project.
struct Shop : Home {
    Shop() {
        fs::create_directory(file("host"));
        running.emplace(start_sandbox({"--name", "shop"}));
    }
    // A command inside; its stdout.
    std::string inside(const std::string& script) const {
        const auto done = isag({"exec", "shop", "--", "bash", "-c", script});
        return done.out + done.err;
    }
    std::string outside(const std::string& script) const {
        const auto done =
            test::run_program({"bash", "-c", "cd \"$0\" && " + script, file("host").string()}, environment);
        return done.out + done.err;
    }
    // isag cp, which has nothing to say.
    bool copies(const std::string& from, const std::string& to) const {
        const auto done = isag({"cp", from, to});
        CHECK(done.err == "");
        return done.status == 0;
    }
    std::string host(const std::string& name) const { return file("host/" + name).string(); }
    std::optional<test::Running> running;
};

constexpr const char* see_it =
    "find . -printf '%P %y %m %Ts %l\\n' | LC_ALL=C sort; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum";

}  // namespace

TEST_CASE("isag cp carries a tree into a sandbox and out of it, the same at each end and its owner's") {
    const Shop shop;
    shop.outside(
        "mkdir -p t/sub t/ro && cd t && echo a > a && chmod 755 a && ln -s a link && ln -s /nonexistent sub/dangling "
        "&& "
        "echo n > $'new\\nline' && printf bytes > $'\\xff\\xfe' && head -c 20000000 /dev/urandom > big && "
        "truncate -s 1G sparse && echo x > ro/f && chmod 555 ro && touch -h -d @1234567890 * sub ro/f .");
    CHECK(shop.copies(shop.host("t"), "shop:/tmp/t"));
    CHECK(shop.copies("sh:/tmp/t", shop.host("back")));
    const std::string before = shop.outside(std::string("cd t && ") + see_it);
    CHECK((shop.outside(std::string("cd back && ") + see_it) == before));
    CHECK((shop.inside(std::string("cd /tmp/t && ") + see_it) == before));
    CHECK(shop.inside("find /tmp/t ! -user $(id -u)") == "");
    CHECK(shop.outside("find back ! -user $(id -u)") == "");
    CHECK(shop.inside("du -k /tmp/t/sparse | cut -f 1") == "0\n");
    shop.outside("chmod -R u+w t back");
    CHECK(shop.inside("chmod -R u+w /tmp/t") == "");
}

TEST_CASE("a path without a slash before it counts from the project's folder, and streams pass") {
    const Shop shop;
    shop.write(shop.project() / "notes.txt", "notes");
    CHECK(shop.copies("shop:notes.txt", shop.host("")));
    CHECK(read_file(shop.host("notes.txt")).value() == "notes");
    CHECK(shop.copies(shop.host("notes.txt"), "shop:copy.txt"));
    CHECK(read_file(shop.project() / "copy.txt").value() == "notes");
    const auto stream = shop.isag({"cp", "shop:notes.txt", "-"});
    CHECK(stream.status == 0);
    CHECK(shop.isag({"cp", "-", "shop:/tmp"}, stream.out).status == 0);
    CHECK(shop.inside("cat /tmp/notes.txt") == "notes");
}

TEST_CASE("what the sandbox's user may not read or write is an error of isag cp") {
    const Shop shop;
    const auto denied = shop.isag({"cp", "shop:/etc/shadow", shop.host("")});
    CHECK(denied.status == 1);
    CHECK(denied.err.find("shop: tar: ./shadow: Cannot open: Permission denied") != std::string::npos);
    shop.outside("echo x > f");
    const auto unwritable = shop.isag({"cp", shop.host("f"), "shop:/etc/f"});
    CHECK(unwritable.status == 1);
    CHECK(unwritable.err.find("Cannot open: ") != std::string::npos);
    CHECK(shop.outside("ls -A") == "f\n");
    CHECK(shop.isag({"cp", "nosuch:x", "."}).status == 1);
}

TEST_CASE("an agent that replaces tar, or links out of the shared project, leads isag cp nowhere") {
    const Shop shop;
    shop.write(shop.file("secret"), "secret");
    // In the project, which is the agent's too, the person's own paths may have become links.
    CHECK(shop.inside("ln -s ../secret link; ln -s .. out") == "");
    CHECK(shop.isag({"cp", (shop.project() / "out/secret").string(), "shop:/tmp/x"}).status == 1);
    CHECK(shop.isag({"cp", "shop:isag.yaml", (shop.project() / "out/taken").string()}).status == 1);
    CHECK(shop.isag({"cp", (shop.project() / "link").string(), "shop:/tmp/y"}).status == 0);
    CHECK(shop.inside("cat /tmp/x; cat /tmp/y; readlink /tmp/y").find("secret\n") != std::string::npos);
    CHECK(shop.inside("cat /tmp/y").find("No such file") != std::string::npos);
    CHECK(!fs::exists(shop.file("taken")));
    CHECK(shop.copies("shop:isag.yaml", (shop.project() / "link").string()));
    CHECK(read_file(shop.file("secret")).value() == "secret");
    CHECK(shop.stop_all() == "");
}

}  // namespace isag
