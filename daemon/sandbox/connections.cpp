// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "daemon/firewall/process_status.hpp"
#include "daemon/sandbox/sandbox.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <utility>

// Connections into a sandbox and out of it.
namespace asio = boost::asio;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds publish_interval{1};

}  // namespace

void Sandbox::check_running() const {
    if (status_ == Status::running) return;
    if (status_ == Status::ended) throw Error("the sandbox " + record_.name + " has ended");
    throw Error("the sandbox " + record_.name + " is not running yet", "try again in a moment");
}

// Its own name is in its /etc/hosts, which the gate doesn't read.
std::string Sandbox::inner_host(const std::string& host) const {
    return host == record_.identity().hostname() ? std::string() : host;
}

asio::awaitable<UniqueFd> Sandbox::connect(proto::Endpoint to) {
    check_running();
    if (!to.path.empty()) {
        check_awake();
        co_return co_await link_.connect(to.path);
    }
    proto::gate::Connect target{inner_host(to.host), to.port};
    co_return co_await gate_.link().connect(std::move(target));
}

asio::awaitable<std::vector<UniqueFd>> Sandbox::sockets(std::int64_t count) {
    check_running();
    co_return co_await gate_.link().sockets(count);
}

asio::awaitable<firewall::GateLink::Listeners> Sandbox::listen(proto::Endpoint at) {
    check_running();
    if (at.path.empty()) {
        proto::gate::Listen where{inner_host(at.host), at.port};
        co_return co_await gate_.link().listen(std::move(where));
    }
    check_awake();
    firewall::GateLink::Listeners out;
    out.sockets.push_back(co_await link_.listen(at.path));
    co_return out;
}

void Sandbox::publish(std::vector<HostListener> listeners) {
    auto& forwards = record_.published.emplace();
    for (const auto& listener : listeners) forwards.push_back(listener.forward);
    host_.records.save(record_);
    to_publish_ = std::move(listeners);
}

void Sandbox::lead_published() {
    for (auto& listener : std::exchange(to_publish_, {})) published_.add(std::move(listener));
}

// An earlier isagd had the port. Somebody may have taken it since, and give it back.
asio::awaitable<void> Sandbox::publish_again(proto::Forward forward) {
    asio::steady_timer pause(executor_);
    for (bool told = false; status_ == Status::running; told = true) {
        try {
            published_.add(listen_on_host(forward));
            std::erase_if(waiting_, [&](const auto& other) { return other.listen == forward.listen; });
            co_return;
        } catch (const Error& error) {
            if (!told) waiting_.push_back(forward);
            if (!told) spdlog::warn("sandbox {}: {}", record_.name, error.message());
        }
        pause.expires_after(publish_interval);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<UniqueFd> Sandbox::connect_published(proto::Endpoint to) { co_return co_await connect(std::move(to)); }

asio::awaitable<UniqueFd> Sandbox::start_sshd(SshKeys keys) {
    check_running();
    check_awake();
    const auto environment = co_await link_.environment();
    const auto init = firewall::process_status(static_cast<pid_t>(pid_));
    if (!init) throw Error("the sandbox " + record_.name + " has ended");
    const auto users = read_file("/proc/" + std::to_string(pid_) + "/uid_map");
    if (users && firewall::is_root_inside(*users, init->uid))
        throw Error("this engine shows you as root inside, and without capabilities root's sshd lets nobody in",
                    "'isag exec' and 'isag ssh' go in all the same", ErrorKind::not_found);
    // An unprivileged isagd can make files for itself alone, and the agent has its uid.
    write_ssh_files(folder_.ssh_folder(), keys, environment, ::geteuid() == 0 ? init->uid : ::geteuid());
    proto::init::Spawn request;
    request.argv = {sshd_program, "-i", "-f", sshd_config_file};
    request.directory = "/";
    std::optional<Error> failed;
    try {
        auto sshd = co_await link_.serve(std::move(request));
        co_return std::move(sshd.streams.at(0));
    } catch (const Error& error) {
        failed = error;
    }
    if (failed->kind() != ErrorKind::not_found) throw *failed;
    throw Error("the sandbox's image has no sshd (" + std::string(sshd_program) + ")",
                "rebuild it with openssh-server in it: isag run --rebuild", ErrorKind::not_found);
}

}  // namespace isag::sandbox
