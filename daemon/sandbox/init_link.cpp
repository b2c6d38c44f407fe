// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/init_link.hpp"
#include "proto/descriptor_kind.hpp"
#include <nlohmann/json.hpp>
#include <utility>

namespace asio = boost::asio;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds spawn_limit{20};

void check_ready(const proto::Message& greeting) {
    const auto ready = proto::from_json<proto::init::Ready>(*greeting.payload, "ready").value();
    if (ready.protocol != proto::protocol_version) throw Error("isag-init is of another version than isagd");
}

// One terminal, or stdin, stdout and stderr (security.md D6).
bool are_streams(const std::vector<UniqueFd>& fds, bool terminal) {
    if (terminal) return fds.size() == 1 && proto::is_terminal_master(fds[0]);
    return fds.size() == 3 && proto::is_pipe_to_write(fds[0]) && proto::is_pipe_to_read(fds[1]) &&
           proto::is_pipe_to_read(fds[2]);
}

}  // namespace

InitLink::InitLink(asio::any_io_executor executor, const std::filesystem::path& socket)
    : link_(executor, socket,
            {.name = "isag-init",
             .believes = [this](pid_t peer, uid_t) { return peer == link_.expected(); },
             .ready = check_ready,
             .connected =
                 [this] {
                     pay_owed();
                     if (connected_) connected_();
                 },
             .notification = [this](const proto::Message& message) { take(message); },
             .lost =
                 [this] {
                     if (lost_) lost_();
                 }}) {}

asio::awaitable<void> InitLink::wait_ready(pid_t init, std::chrono::milliseconds limit) {
    link_.expect(init);
    co_await link_.wait_ready(limit);
}

asio::awaitable<SpawnedProcess> InitLink::spawn(proto::init::Spawn request) {
    const bool terminal = request.terminal.has_value();
    auto params = std::make_shared<const nlohmann::json>(proto::to_json(std::move(request)));
    auto incoming = co_await link_.request("spawn", std::move(params), spawn_limit);
    const auto spawned = proto::from_json<proto::init::Spawned>(*incoming.message.payload, "spawn's result").value();
    if (!are_streams(incoming.fds, terminal)) {
        link_.drop();
        throw Error("isag-init sent other streams than it was asked for");
    }
    co_return SpawnedProcess{spawned.process, std::move(incoming.fds)};
}

asio::awaitable<UniqueFd> InitLink::terminal_of(std::int64_t process) {
    const proto::init::TerminalOf request{process};
    auto params = std::make_shared<const nlohmann::json>(proto::to_json(request));
    auto incoming = co_await link_.request("terminal", std::move(params), spawn_limit);
    if (!are_streams(incoming.fds, true)) {
        link_.drop();
        throw Error("isag-init sent something else than the terminal it was asked for");
    }
    co_return std::move(incoming.fds[0]);
}

void InitLink::kill(std::int64_t process, int signal) {
    constexpr std::size_t most_owed = 16;
    if (link_.connected())
        link_.notify("kill", proto::to_json(proto::init::Kill{process, signal}));
    else if (owed_.size() < most_owed)
        owed_.push_back({process, signal});
}

void InitLink::pay_owed() {
    for (const auto& owed : std::exchange(owed_, {})) kill(owed.process, static_cast<int>(owed.signal));
}

void InitLink::take(const proto::Message& message) {
    if (message.method != "ended") throw Error("unexpected message");
    const auto ended = proto::from_json<proto::init::Ended>(*message.payload, "ended").value();
    auto status = ExitStatus::said(ended.code, ended.signal);
    status.out_of_memory = ended.out_of_memory.value_or(false);
    if (ended_) ended_(ended.process, status);
}

}  // namespace isag::sandbox
