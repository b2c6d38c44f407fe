// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/init_link.hpp"
#include "proto/descriptor_kind.hpp"
#include "proto/older_peer.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace asio = boost::asio;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds spawn_limit{20};
constexpr std::int64_t most_age = 366 * 86400;
constexpr std::chrono::seconds redial_limit{5};  // after an isagd ended it dials the next one

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

template <class T>
proto::Payload payload_of(T message) {
    return std::make_shared<const nlohmann::json>(proto::to_json(std::move(message)));
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
             .notification = [this](proto::Incoming incoming) { take(std::move(incoming)); },
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
    auto params = payload_of(std::move(request));
    co_await link_.wait_ready(redial_limit);
    auto incoming = co_await link_.request("spawn", std::move(params), spawn_limit);
    const auto spawned = proto::from_json<proto::init::Spawned>(*incoming.message.payload, "spawn's result").value();
    if (!are_streams(incoming.fds, terminal)) {
        link_.drop();
        throw Error("isag-init sent other streams than it was asked for");
    }
    co_return SpawnedProcess{spawned.process, std::move(incoming.fds)};
}

asio::awaitable<proto::Incoming> InitLink::ask(std::string method, proto::Payload params) {
    co_await link_.wait_ready(redial_limit);
    auto answer = co_await link_.ask(std::move(method), std::move(params), spawn_limit);
    proto::throw_refusal(answer.message);
    co_return answer;
}

UniqueFd InitLink::only_descriptor(proto::Incoming& incoming, IsKind is_kind) {
    if (incoming.fds.size() == 1 && is_kind(incoming.fds[0])) return std::move(incoming.fds[0]);
    link_.drop();
    throw Error("isag-init handed over something else than it was asked for");
}

asio::awaitable<SpawnedProcess> InitLink::serve(proto::init::Spawn request) {
    auto params = payload_of(std::move(request));
    auto answer = co_await ask("serve", std::move(params));
    const auto spawned = proto::from_json<proto::init::Spawned>(*answer.message.payload, "serve's result").value();
    SpawnedProcess out;
    out.process = spawned.process;
    out.streams.push_back(only_descriptor(answer, proto::is_unix_stream));
    co_return out;
}

asio::awaitable<Environment> InitLink::environment() {
    auto params = payload_of(proto::Nothing());
    const auto answer = co_await ask("environment", std::move(params));
    auto reply = proto::from_json<proto::init::Variables>(*answer.message.payload, "environment's result").value();
    co_return std::move(reply.environment);
}

asio::awaitable<UniqueFd> InitLink::connect(std::string path) {
    auto params = payload_of(proto::init::Connect{std::move(path)});
    auto answer = co_await ask("connect", std::move(params));
    co_return only_descriptor(answer, proto::is_unix_stream);
}

asio::awaitable<UniqueFd> InitLink::listen(std::string path) {
    auto params = payload_of(proto::init::Listen{std::move(path)});
    auto answer = co_await ask("listen", std::move(params));
    co_return only_descriptor(answer, proto::is_unix_listener);
}

asio::awaitable<UniqueFd> InitLink::terminal_of(std::int64_t process) {
    auto params = payload_of(proto::init::TerminalOf{process});
    auto answer = co_await ask("terminal", std::move(params));
    co_return only_descriptor(answer, proto::is_terminal_master);
}

void InitLink::kill(std::int64_t process, int signal) {
    constexpr std::size_t most_owed = 16;
    if (link_.connected())
        link_.notify("kill", proto::to_json(proto::init::Kill{process, signal}));
    else if (owed_.size() < most_owed)
        owed_.push_back({process, signal});
}

void InitLink::taken(std::int64_t process) { link_.notify("taken", proto::to_json(proto::init::Taken{process})); }

void InitLink::pay_owed() {
    for (const auto& owed : std::exchange(owed_, {})) kill(owed.process, static_cast<int>(owed.signal));
}

void InitLink::take(proto::Incoming incoming) {
    if (incoming.message.method != "ended") throw Error("unexpected message");
    const auto ended = proto::from_json<proto::init::Ended>(*incoming.message.payload, "ended").value();
    const std::chrono::seconds age(std::clamp<std::int64_t>(ended.age.value_or(0), 0, most_age));
    End end{ended.process, ExitStatus::said(ended.code, ended.signal), age, {}};
    if (!incoming.fds.empty()) end.terminal = only_descriptor(incoming, proto::is_terminal_master);
    end.status.out_of_memory = ended.out_of_memory.value_or(false);
    if (ended_) ended_(std::move(end));
}

}  // namespace isag::sandbox
