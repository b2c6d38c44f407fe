// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/e2e/running.hpp"
#include "tests/support/program.hpp"
#include "tests/support/pty.hpp"
#include "tests/support/temp_folder.hpp"
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::test {

// A person with a home, a project and an isagd of their own; what all share is the engine and the built images.
// The end stops the sandboxes and the daemon.
class Home {
public:
    // Makes the configuration's image where it is not there yet.
    explicit Home(const std::string& vendor = "claude");
    // With more lines in the isag.yaml.
    Home(const std::string& vendor, const std::string& more_yaml);
    Home(const Home&) = delete;
    ~Home();

    std::filesystem::path project() const { return folder_.path() / "p"; }
    std::filesystem::path runtime() const { return folder_.path() / "r"; }
    std::filesystem::path state() const { return folder_.path() / "h/.local/state/isag"; }
    std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }
    std::string config() const { return (project() / "isag.yaml").string(); }
    void write(const std::filesystem::path& path, std::string_view content) const;
    // An isag.yaml that uses the shared image; `more` are further top-level keys.
    static std::string yaml(const std::string& vendor, const std::string& more);

    // isag WORDS in the project's folder.
    std::vector<std::string> command(const std::vector<std::string>& words) const;
    Finished isag(const std::vector<std::string>& words, std::string_view input = {}) const;
    // isag run -- WORDS, without a terminal.
    Finished run(const std::vector<std::string>& words, std::string_view input = {}) const;
    Finished shell(const std::string& script, std::string_view input = {}) const;
    Running start(const std::vector<std::string>& words) const;
    Pty::Options terminal(const std::vector<std::string>& words) const;

    // A sandbox in the background, once its command runs.
    Running start_sandbox(std::vector<std::string> options = {}) const;
    std::vector<std::string> names() const;

    // The daemon's process; none where none runs.
    std::optional<pid_t> daemon() const;
    void signal_daemon(int number) const;
    bool daemon_ends(Clock::duration limit = patience) const;
    // Ends the daemon so. The process of the one that a waiting client starts then; none where none comes in time.
    std::optional<pid_t> replace_daemon(int number) const;

    // Engine ids of this home's containers, as its records tell; of that role alone: agent, gate.
    std::vector<std::string> containers(const std::string& role = {}) const;
    // What of this home's sandboxes is still there, a line each; empty where all is clean.
    std::string leftovers() const;
    // isag stop --all, then leftovers().
    std::string stop_all() const;

    Environment environment;

private:
    void make_folders();
    void need_image(const std::string& vendor) const;
    std::string owner() const;

    // On a disk: /tmp may be memory, and what a sandbox writes there would count against its limit. codex puts a copy
    // of itself, 400 MB, into its home.
    TempFolder folder_{"/var/tmp"};
    mutable int started_ = 0;
};

Finished docker(const std::vector<std::string>& words);

}  // namespace isag::test
