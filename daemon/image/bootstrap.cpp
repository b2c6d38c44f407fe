// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/bootstrap.hpp"
#include "common/async_child.hpp"
#include "common/child_process.hpp"
#include "common/deadline.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include "daemon/image/proxy.hpp"
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace isag::image {
namespace {

constexpr std::chrono::seconds end_limit{30};  // mmdebstrap removes its folder before it ends

std::string unfinished_tag(const Distribution& distribution) { return distribution.tag() + "-unfinished"; }

std::string host_architecture() {
#if defined(__x86_64__)
    return "amd64";
#elif defined(__aarch64__)
    return "arm64";
#else
    return "";
#endif
}

std::string keyring_of(const Distribution& distribution) {
    return "/usr/share/keyrings/" + distribution.family + "-archive-keyring.gpg";
}

void check_tools(const Distribution& distribution, uid_t uid, const Environment& environment) {
    const std::string what = "cannot make " + distribution.image();
    if (!find_program("mmdebstrap", environment))
        throw Error(what + ": mmdebstrap is not installed", "sudo apt-get install mmdebstrap");
    if (uid != 0 && !find_program("newuidmap", environment))
        throw Error(what + " as an ordinary user: newuidmap is not installed",
                    "sudo apt-get install uidmap, and a range for you in /etc/subuid and /etc/subgid");
    if (::access(keyring_of(distribution).c_str(), R_OK) == 0) return;
    const std::string package = distribution.family == "ubuntu" ? "ubuntu-keyring" : "debian-archive-keyring";
    const std::string other = distribution.family == "ubuntu" ? " (on Debian: ubuntu-archive-keyring)" : "";
    throw Error(what + ": the distribution's keys are missing: " + keyring_of(distribution),
                "sudo apt-get install " + package + other);
}

Environment child_environment(const Environment& environment) {
    Environment out = proxy_variables(environment);
    for (const char* name : {"PATH", "HOME", "TMPDIR"})
        if (const auto value = find(environment, name)) out[name] = *value;
    out.try_emplace("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    return out;
}

// The last line in which it says what went wrong; empty where it says nothing of the kind.
std::string reason_in(const std::filesystem::path& log) {
    const auto text = read_file(log);
    if (!text) return "";
    auto at = text->rfind("\nE: ");
    if (at == std::string::npos) return "";
    at += 4;
    return escape_controls(std::string_view(*text).substr(at, text->find('\n', at) - at));
}

// Asks it to end and to clean up behind itself, which killing would not let it do.
asio::awaitable<void> end(ChildProcess& child) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    child.signal(SIGTERM);
    try {
        auto ended = wait_for(child);
        co_await with_deadline(std::move(ended), end_limit, "ending mmdebstrap");
    } catch (const Error&) {
        // The destructor kills it.
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
}

// Under a name of its own, since an archive that was cut short makes an image too.
asio::awaitable<void> import_archive(engine::Engine& engine, UniqueFd archive, Distribution distribution) {
    std::vector<std::string> changes;
    changes.push_back("ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    changes.push_back("CMD [\"bash\"]");
    changes.push_back("LABEL isag.role=base");
    try {
        co_await engine.import_image(std::move(archive), distribution.repository(), unfinished_tag(distribution),
                                     std::move(changes));
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        throw Error("the engine stopped reading: " + error.code().message());
    }
}

asio::awaitable<void> import_output(engine::Engine& engine, ChildProcess child, UniqueFd output,
                                    Distribution distribution, std::filesystem::path log) {
    std::exception_ptr error;
    try {
        co_await import_archive(engine, std::move(output), distribution);
    } catch (...) {
        error = std::current_exception();
    }
    const std::string reason = reason_in(log);
    if (error) co_await end(child);
    if (error && reason.empty()) std::rethrow_exception(error);
    if (!error) {
        const ExitStatus status = co_await wait_for(child);
        if (status.as_shell() == 0) co_return;
    }
    throw Error("mmdebstrap failed: " + (reason.empty() ? reason_in(log) : reason), "its log: " + log.string());
}

asio::awaitable<void> import_and_tag(engine::Engine& engine, ChildProcess child, UniqueFd output,
                                     Distribution distribution, std::filesystem::path log) {
    const std::string unfinished = distribution.repository() + ":" + unfinished_tag(distribution);
    std::exception_ptr error;
    try {
        co_await import_output(engine, std::move(child), std::move(output), distribution, std::move(log));
        co_await engine.tag_image(unfinished, distribution.repository(), distribution.tag());
    } catch (...) {
        error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    try {
        co_await engine.remove_image(unfinished);
    } catch (const Error&) {
        if (!error) error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (error) std::rethrow_exception(error);
}

}  // namespace

std::vector<std::string> mmdebstrap_command(const Distribution& distribution, uid_t uid,
                                            const std::string& architecture, const std::string& keyring) {
    std::vector<std::string> command = {"mmdebstrap", "--variant=minbase", "--format=tar",
                                        uid == 0 ? "--mode=root" : "--mode=unshare"};
    if (!keyring.empty()) command.push_back("--keyring=" + keyring);
    if (!architecture.empty()) command.push_back("--architectures=" + architecture);
    command.push_back(distribution.codename);
    command.push_back("-");  // stdout
    for (const auto& line : package_sources(distribution, architecture)) command.push_back(line);
    return command;
}

std::optional<std::filesystem::path> find_program(const std::string& name, const Environment& environment) {
    const std::string path = find(environment, "PATH").value_or("/usr/local/bin:/usr/bin:/bin");
    for (std::size_t at = 0; at <= path.size();) {
        const auto colon = std::min(path.find(':', at), path.size());
        const std::string candidate = path.substr(at, colon - at) + "/" + name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        at = colon + 1;
    }
    return {};
}

asio::awaitable<void> bootstrap(engine::Engine& engine, Distribution distribution, Environment environment,
                                std::filesystem::path log) {
    const uid_t uid = ::geteuid();
    const Environment variables = child_environment(environment);
    check_tools(distribution, uid, variables);
    std::filesystem::create_directories(log.parent_path());
    const UniqueFd errors(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!errors) throw errno_error("cannot write " + log.string(), errno);
    Pipe output = make_pipe();
    ChildOptions options;
    options.argv = mmdebstrap_command(distribution, uid, host_architecture(), keyring_of(distribution));
    options.env = variables;
    options.fds = {{output.write.get(), 1}, {errors.get(), 2}};
    auto child = ChildProcess::start(options);
    output.write.reset();
    co_await import_and_tag(engine, std::move(child), std::move(output.read), std::move(distribution), std::move(log));
}

}  // namespace isag::image
