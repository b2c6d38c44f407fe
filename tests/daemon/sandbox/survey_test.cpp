// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/survey.hpp"
#include "tests/support/temp_folder.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace isag;
using namespace isag::sandbox;
namespace fs = std::filesystem;

namespace {

// A person's home with a project in it, where everybody may make links.
struct HostFolder {
    test::TempFolder folder;
    fs::path home = folder.path() / "pat";
    fs::path project = home / "web";
    config::Config config = config::default_config();
    Person person{::geteuid(), ::getegid()};

    HostFolder() {
        fs::create_directories(project);
        ::chmod(project.c_str(), 0777);
        write("isag.yaml", "project: .\n");
        config.file = project / "isag.yaml";
        config.project = {project, "/workspace/project", config::Access::read_write, "project"};
        config.agent.host_home = home;
        config.container.host_cache_dir = home / ".cache/agent";
    }
    void write(const fs::path& name, const std::string& text) const {
        fs::create_directories((project / name).parent_path());
        std::ofstream(project / name) << text;
    }
    Survey look() const {
        const Directories directories{home, home / "run", home / ".state", home / ".cache/isag", home / ".config/isag"};
        return survey(config, Refusals(directories, {}), person);
    }
    Failure refusal() const {
        try {
            look();
            return {};
        } catch (const Error& error) {
            return error.failure();
        }
    }
    std::string failure() const { return refusal().message; }
    void mount(const fs::path& path, config::Access access = config::Access::read_only) {
        const std::string key = "mounts[" + std::to_string(config.mounts.size()) + "]";
        config.mounts.push_back({path, "/mnt/" + path.filename().string(), access, key});
    }
};

bool has(const Survey& survey, const fs::path& path, Overlay::Kind kind) {
    return std::any_of(survey.overlays.begin(), survey.overlays.end(),
                       [&](const Overlay& overlay) { return overlay.host == path && overlay.kind == kind; });
}
bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("survey: project, vendor's home, cache and mounts in their order; missing ones are made") {
    HostFolder host;
    host.mount(host.home / "data/set", config::Access::read_write);
    const auto survey = host.look();
    REQUIRE(survey.mounts.size() == 4);
    CHECK(survey.mounts[0].bind == BindMount{host.project, "/workspace/project", false});
    CHECK(survey.mounts[1].bind == BindMount{host.home / ".claude", "/home/isag/.claude", false});
    CHECK(survey.mounts[2].bind == BindMount{host.home / ".cache/agent", "/home/isag/.cache", false});
    CHECK(survey.mounts[3].bind == BindMount{host.home / "data/set", "/mnt/set", false});
    for (const auto& mount : survey.mounts) CHECK(fs::is_directory(mount.bind.host));
    CHECK(has(survey, host.config.file, Overlay::Kind::read_only));
}

TEST_CASE("survey: a project that is missing or no folder is an error, and is not made") {
    HostFolder host;
    fs::remove_all(host.project);
    CHECK(holds(host.failure(), "project: "));
    CHECK(holds(host.refusal().hint, host.config.file.string()));
    CHECK_FALSE(fs::exists(host.project));
    HostFolder other;
    other.config.project.host = other.project / "isag.yaml";
    CHECK(holds(other.failure(), "isag.yaml is not a folder"));
}

TEST_CASE("survey: everything that is wrong is said at once, a line each") {
    HostFolder host;
    host.mount("/");
    host.mount(host.home / ".ssh");
    ::mkfifo((host.project / "fifo").c_str(), 0600);
    host.mount(host.project / "fifo");
    const auto text = host.failure();
    CHECK(holds(text, "mounts[0]: / is the whole file system"));
    CHECK(holds(text, "mounts[1]: " + (host.home / ".ssh").string() + " is your SSH keys"));
    CHECK(holds(text, "mounts[2]: "));
    CHECK(holds(text, "neither a folder nor a regular file"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    CHECK_FALSE(fs::exists(host.home / ".ssh"));  // nothing refused is made
}

TEST_CASE("survey: a mount that an agent replaced by a link to the keys is refused and named") {
    HostFolder host;
    fs::create_directory(host.home / ".ssh");
    host.mount(host.project / "outputs", config::Access::read_write);
    CHECK(host.failure() == "");  // makes it
    fs::remove(host.project / "outputs");
    fs::create_directory_symlink(host.home / ".ssh", host.project / "outputs");
    CHECK(host.failure() == "mounts[0]: " + (host.project / "outputs").string() + " is a symbolic link to " +
                                (host.home / ".ssh").string());
}

TEST_CASE("survey: excluded places have to be what their key says, and no links") {
    HostFolder host;
    host.write("secret", "x");
    host.write("folder/x", "x");
    fs::create_symlink("secret", host.project / "link");
    host.config.exclude.files = {host.project / "secret"};
    host.config.exclude.folders = {host.project / "folder"};
    const auto survey = host.look();
    CHECK(has(survey, host.project / "secret", Overlay::Kind::empty_file));
    CHECK(has(survey, host.project / "folder", Overlay::Kind::empty_folder));
    host.config.exclude.files = {host.project / "folder", host.project / "link", host.project / "missing"};
    host.config.exclude.folders = {host.project / "secret"};
    const auto text = host.failure();
    CHECK(holds(text, "exclude.files: " + (host.project / "folder").string() + " is not a file"));
    CHECK(holds(text, "link is a symbolic link to secret"));
    CHECK(holds(text, "missing: No such file or directory"));
    CHECK(holds(text, "exclude.folders: " + (host.project / "secret").string() + " is not a folder"));
    const auto hint = host.refusal().hint;
    CHECK(holds(hint, "folders go under exclude.folders"));
    CHECK(holds(hint, "put that right, or change the entry in " + host.config.file.string()));  // of what is missing
}

TEST_CASE("survey: globs hide files and folders of every mount, protect makes read-only") {
    HostFolder host;
    host.write(".env", "x");
    host.write("a/.env.d/x", "x");
    host.write(".git/config", "x");
    fs::create_directories(host.home / "more");
    std::ofstream(host.home / "more/.env") << "x";
    host.mount(host.home / "more");
    host.config.exclude.globs = {"**/.env*"};
    const auto survey = host.look();
    CHECK(has(survey, host.project / ".env", Overlay::Kind::empty_file));
    CHECK(has(survey, host.project / "a/.env.d", Overlay::Kind::empty_folder));
    CHECK(has(survey, host.home / "more/.env", Overlay::Kind::empty_file));
    CHECK(has(survey, host.project / ".git/config", Overlay::Kind::read_only));
}

TEST_CASE("survey: a link that a glob or protect matches is refused") {
    HostFolder host;
    fs::create_symlink("/etc/hostname", host.project / ".env");
    fs::create_symlink("/etc/hostname", host.project / ".envrc");
    host.config.exclude.globs = {"**/.env"};
    const auto text = host.failure();
    CHECK(holds(text, "exclude.globs: " + (host.project / ".env").string() + " is a symbolic link"));
    CHECK(holds(text, "protect: " + (host.project / ".envrc").string() + " is a symbolic link"));
    CHECK(holds(host.refusal().hint, "or name in " + host.config.file.string() + " under protect what is meant"));
}

TEST_CASE("survey: an isag.yaml in the project that is a link is refused") {
    HostFolder host;
    fs::rename(host.config.file, host.home / "elsewhere.yaml");
    fs::create_symlink(host.home / "elsewhere.yaml", host.config.file);
    CHECK(holds(host.failure(), "isag.yaml is a symbolic link"));
    host.config.project.access = config::Access::read_only;  // there it can't be replaced
    CHECK(host.failure() == "");
}

TEST_CASE("survey: env_files are read in order, and the bad ones named") {
    HostFolder host;
    host.write("one.env", "A=1\nB=1\n");
    host.write("two.env", "B=2\n");
    host.config.env_files = {host.project / "one.env", host.project / "two.env"};
    CHECK(host.look().env_files == Environment{{"A", "1"}, {"B", "2"}});
    host.write("two.env", "LD_PRELOAD=/x\n");
    host.config.env_files.push_back(host.project / "missing.env");
    const auto text = host.failure();
    CHECK(holds(text, "env_files: " + (host.project / "two.env").string() + ":1: LD_PRELOAD is refused"));
    CHECK(holds(text, "missing.env: No such file or directory"));
}

TEST_CASE("survey: a mount inside another gets its place there") {
    HostFolder host;
    fs::create_directory(host.home / "inner");
    host.config.mounts.push_back(
        {host.home / "inner", "/workspace/project/deep/place", config::Access::read_only, "mounts[0]"});
    host.look();
    CHECK(fs::is_directory(host.project / "deep/place"));
}

TEST_CASE("survey: for root, folders that the agent can't write are named with what to do") {
    if (::geteuid() != 0) return;
    HostFolder host;
    ::chmod(host.project.c_str(), 0755);
    const auto survey = host.look();
    CHECK(survey.agent.uid == 1000);
    REQUIRE(survey.notices.size() == 1);
    CHECK(survey.notices[0] == "the agent (uid:gid 1000:1000) can't write " + host.project.string() +
                                   "; to let it: chown -R 1000:1000 " + host.project.string());
    CHECK(::chown(host.project.c_str(), 1500, 1500) == 0);
    CHECK(host.look().agent.uid == 1500);
}
