// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/home.hpp"
#include "common/error.hpp"
#include "tests/e2e/place.hpp"
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/file.h>

namespace isag::test {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::minutes build_limit{15};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) out.push_back(line);
    return out;
}

std::vector<fs::path> entries(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) out.push_back(entry.path());
    return out;
}

// Containers that mount something of that folder, whoever says whose they are.
std::string containers_that_mount(const fs::path& folder) {
    std::string found;
    for (const auto& id : lines_of(docker({"ps", "-aq", "--no-trunc"}).out)) {
        const auto inspected = docker({"inspect", "-f", "{{.Name}} {{.State.Status}} {{json .HostConfig.Mounts}}", id});
        if (inspected.out.find(folder.string()) != std::string::npos)
            found += "container " + inspected.out.substr(0, inspected.out.find('[')) + "\n";
    }
    return found;
}

}  // namespace

Finished docker(const std::vector<std::string>& words) {
    std::vector<std::string> argv{"docker"};
    argv.insert(argv.end(), words.begin(), words.end());
    auto environment = clean_environment();
    environment["HOME"] = "/nonexistent";
    return run_program(argv, environment);
}

Home::Home(const std::string& vendor) : Home(vendor, "limit_network: null\n") {}

Home::Home(const std::string& vendor, const std::string& more_yaml) : environment(clean_environment()) {
    make_folders();
    need_image(vendor);
    write(config(), yaml(vendor, more_yaml));
}

void Home::make_folders() {
    for (const auto& path : {project(), runtime(), folder_.path() / "h"}) fs::create_directory(path);
    fs::permissions(runtime(), fs::perms::owner_all);
    environment["HOME"] = (folder_.path() / "h").string();
    environment["XDG_RUNTIME_DIR"] = runtime().string();
    environment["XDG_CACHE_HOME"] = shared_cache().string();
}

Home::~Home() {
    try {
        if (!daemon() && entries(state() / "sandboxes").empty()) return;
        isag({"stop", "--all", "-t", "0"});
        signal_daemon(SIGTERM);
        if (daemon_ends(std::chrono::seconds(15))) return;
        signal_daemon(SIGKILL);
        daemon_ends();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "the test's daemon stays: %s\n", error.what());
    }
}

std::string Home::yaml(const std::string& vendor, const std::string& more) {
    return "project: .:/workspace/project:rw\n"
           "agent: {vendor: " +
           vendor +
           "}\n"
           "container: {name: isag, base_image: \"debian:12\", python: \"3.11\", memory: 512m, "
           "extra_packages: [less, vim-tiny]}\n" +
           more;
}

// Tests run beside each other: the first builds, the others wait for it here and then find the image.
void Home::need_image(const std::string& vendor) const {
    const fs::path lock_path = shared_cache() / (vendor + ".lock");
    const fs::path made = shared_cache() / (vendor + ".made");
    const UniqueFd lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    const auto locked = [&] { return ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0; };
    if (!eventually(locked, build_limit)) throw Error("another test builds the image of " + vendor + " for too long");
    const std::string content = yaml(vendor, "");
    const auto known = read_file(made, 4096);
    if (known && known->ends_with("\n" + content) &&
        docker({"image", "inspect", known->substr(0, known->find('\n'))}).status == 0)
        return;

    const fs::path config = file("image.yaml");
    write(config, content);
    Running build(command({"build", "-c", config.string()}), environment, file("build"));
    if (build.wait(build_limit) != 0) throw Error("the image of " + vendor + " cannot be built: " + build.err());
    const std::string image = lines_of(build.out()).at(0);
    write(made, image + "\n" + content);
}

void Home::write(const fs::path& path, std::string_view content) const {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

std::vector<std::string> Home::command(const std::vector<std::string>& words) const {
    std::vector<std::string> argv{"/usr/bin/env", "-C", project().string(), isag_program()};
    argv.insert(argv.end(), words.begin(), words.end());
    return argv;
}

Finished Home::isag(const std::vector<std::string>& words, std::string_view input) const {
    return run_program(command(words), environment, input);
}

Finished Home::run(const std::vector<std::string>& words, std::string_view input) const {
    std::vector<std::string> all{"run", "--"};
    all.insert(all.end(), words.begin(), words.end());
    return isag(all, input);
}

Finished Home::shell(const std::string& script, std::string_view input) const {
    return run({"bash", "-c", script}, input);
}

Running Home::start(const std::vector<std::string>& words) const {
    return Running(command(words), environment, file("started-" + std::to_string(++started_)));
}

Pty::Options Home::terminal(const std::vector<std::string>& words) const {
    Pty::Options options;
    options.argv = {isag_program()};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.environment = environment;
    options.directory = project().string();
    return options;
}

Running Home::start_sandbox(std::vector<std::string> options) const {
    std::vector<std::string> words{"run"};
    words.insert(words.end(), options.begin(), options.end());
    for (const char* word : {"--", "sh", "-c", "echo it-runs; exec sleep 1000"}) words.emplace_back(word);
    Running running = start(words);
    running.expect("it-runs");
    return running;
}

std::vector<std::string> Home::names() const { return lines_of(isag({"ps", "-q"}).out); }

std::optional<pid_t> Home::daemon() const {
    const fs::path path = runtime() / "isag/isagd.lock";
    const UniqueFd lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return std::nullopt;
    const auto text = read_file(path, 64);
    if (!text || text->empty()) return std::nullopt;
    return static_cast<pid_t>(std::stol(*text));
}

void Home::signal_daemon(int number) const {
    if (const auto pid = daemon()) ::kill(*pid, number);
}

bool Home::daemon_ends(Clock::duration limit) const {
    return eventually([&] { return !daemon(); }, limit);
}

std::optional<pid_t> Home::replace_daemon(int number) const {
    const auto before = daemon();
    std::optional<pid_t> next;
    signal_daemon(number);
    // Asked once a round: while the next one writes its process into the lock, that reads as none.
    const auto comes = [&] {
        next = daemon();
        return next && next != before;
    };
    return eventually(comes) ? next : std::nullopt;
}

std::vector<std::string> Home::containers(const std::string& role) const {
    std::vector<std::string> out;
    for (const auto& record : entries(state() / "sandboxes")) {
        std::vector<std::string> words{"ps", "-aq", "--filter", "label=isag.sandbox=" + record.stem().string()};
        if (!role.empty()) words.insert(words.end(), {"--filter", "label=isag.role=" + role});
        for (const auto& id : lines_of(docker(words).out)) out.push_back(id);
    }
    return out;
}

std::string Home::owner() const { return read_file(state() / "owner", 64).value(); }

std::string Home::leftovers() const {
    std::string found = containers_that_mount(folder_.path());
    const std::string ours = "label=isag.owner=" + owner();
    for (const char* kind : {"container", "network", "volume"})
        for (const auto& id : lines_of(docker({kind, "ls", "-q", "--filter", ours}).out))
            found += std::string(kind) + " " + id + "\n";
    for (const auto& folder : {runtime() / "isag/sandboxes", state() / "sandboxes"})
        for (const auto& path : entries(folder)) found += path.string() + "\n";
    std::ifstream mounts("/proc/self/mounts");
    for (std::string line; std::getline(mounts, line);)
        if (line.find(folder_.path().string()) != std::string::npos) found += "mount " + line + "\n";
    return found;
}

std::string Home::stop_all() const {
    const auto stopped = isag({"stop", "--all", "-t", "0"});
    return (stopped.status == 0 ? "" : "stop failed: " + stopped.err) + leftovers();
}

}  // namespace isag::test
