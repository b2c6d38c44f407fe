// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/supervisor.hpp"
#include "common/poll_time.hpp"
#include "daemon/init/memory_kills.hpp"
#include "daemon/init/spawn.hpp"
#include "daemon/init/unix_socket.hpp"
#include <cerrno>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isag::init {
namespace {

using Clock = std::chrono::steady_clock;

// While more than this waits to be written, nothing is read.
constexpr std::size_t max_output = std::size_t{64} << 10;

UniqueFd open_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) throw errno_error("cannot watch signals", errno);
    return fd;
}

// Connected, or none where nobody listens.
UniqueFd dial_daemon(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fd.reset();
    return fd;
}

}  // namespace

Supervisor::Supervisor(std::string socket_path)
    : socket_path_(std::move(socket_path)), is_pid1_(::getpid() == 1), signals_(open_signals()) {
    if (socket_path_.size() >= sizeof sockaddr_un{}.sun_path)
        throw Error(socket_path_ + " is too long for a socket", "", ErrorKind::usage);
    if (!is_pid1_) ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int Supervisor::run() {
    for (;;) {
        if (session_.dial_due(Clock::now())) dial();
        if (session_.connected()) send();
        session_.tick(Clock::now());
        if (const auto status = session_.exit_status()) return *status;
        wait();
    }
}

void Supervisor::dial() {
    socket_ = dial_daemon(socket_path_);
    session_.dialled(Clock::now(), static_cast<bool>(socket_));
}

void Supervisor::drop() {
    socket_.reset();
    wire_ = proto::Wire();
    session_.disconnected();
}

void Supervisor::send() {
    if (wire_.output_bytes() <= max_output)
        for (auto& line : session_.take_lines(Clock::now())) wire_.queue(std::move(line.text), std::move(line.fds));
    if (wire_.flush(socket_.get()) == proto::Wire::Io::closed) drop();
}

void Supervisor::wait() {
    pollfd watched[2] = {{signals_.get(), POLLIN, 0}, {socket_.get(), 0, 0}};
    if (wire_.output_bytes() <= max_output) watched[1].events |= POLLIN;
    if (wire_.has_output()) watched[1].events |= POLLOUT;
    if (::poll(watched, 2, milliseconds_until(session_.next_due())) <= 0) return;
    if (watched[0].revents != 0) take_signals();
    if ((watched[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive();
}

void Supervisor::receive() {
    try {
        const auto outcome = wire_.read_some(socket_.get());
        if (!outcome || *outcome == proto::Wire::Io::closed) return drop();
        for (;;) {
            auto incoming = wire_.next();
            if (!incoming) return drop();
            if (!*incoming) return;
            if (!handle((*incoming)->message)) return drop();
        }
    } catch (const std::exception&) {  // out of memory: the sandbox goes on without this connection
        drop();
    }
}

bool Supervisor::handle(const proto::Message& message) {
    using Type = proto::Message::Type;
    if (message.type == Type::notification && message.method == "kill") return handle_kill(message);
    if (message.type == Type::notification && message.method == "taken") return handle_taken(message);
    if (message.type != Type::request) return true;
    const std::string& method = message.method;
    if (method == "spawn") return handle_request(message, &Supervisor::answer_spawn);
    if (method == "serve") return handle_request(message, &Supervisor::answer_serve);
    if (method == "environment") return handle_request(message, &Supervisor::answer_environment);
    if (method == "terminal") return handle_request(message, &Supervisor::answer_terminal);
    if (method == "connect") return handle_request(message, &Supervisor::answer_connect);
    if (method == "listen") return handle_request(message, &Supervisor::answer_listen);
    wire_.queue(proto::error_line(message.id, Error("unknown method '" + method + "'", "", ErrorKind::usage)));
    return true;
}

template <class Request>
bool Supervisor::handle_request(const proto::Message& message, void (Supervisor::*answer)(std::int64_t, Request)) {
    auto request = proto::from_json<Request>(*message.payload, message.method);
    if (!request) return false;
    try {
        (this->*answer)(message.id, std::move(*request));
    } catch (const Error& error) {
        wire_.queue(proto::error_line(message.id, error));
    }
    return true;
}

void Supervisor::answer_spawn(std::int64_t id, proto::init::Spawn request) {
    if (session_.ending()) throw Error("the sandbox is ending");
    if (request.main && session_.has_main()) throw Error("there is a main process already", "", ErrorKind::usage);
    // From here on there are processes of the agent, which has our uid: none of them is to trace us or read what we
    // have (ptrace(2), PR_SET_DUMPABLE). isagd has looked at us before.
    if (request.main && ::prctl(PR_SET_DUMPABLE, 0) != 0) throw errno_error("init can't be closed to others", errno);
    inherit_from_main(request);
    Spawned child = spawn(request);
    session_.spawned(child.pid, request.main, std::move(child.terminal));
    const proto::init::Spawned reply{.process = child.pid};
    const auto count = static_cast<std::int64_t>(child.streams.size());
    wire_.queue(proto::result_line(id, proto::to_json(reply), count), std::move(child.streams));
    if (!request.main) return;
    main_ = std::move(request);
    main_process_ = child.pid;
    memory_kills_ = memory_kills();
}

void Supervisor::inherit_from_main(proto::init::Spawn& request) const {
    request.environment.merge(Environment(main_.environment));
    if (request.directory.empty()) request.directory = main_.directory;
}

void Supervisor::answer_serve(std::int64_t id, proto::init::Spawn request) {
    if (session_.ending()) throw Error("the sandbox is ending");
    inherit_from_main(request);
    Spawned child = spawn_on_socket(request);
    session_.spawned(child.pid, false, {});
    wire_.queue(proto::result_line(id, proto::to_json(proto::init::Spawned{child.pid}), 1), std::move(child.streams));
}

void Supervisor::answer_environment(std::int64_t id, proto::Nothing) {
    const proto::init::Variables reply{merged_environment(main_)};
    wire_.queue(proto::result_line(id, proto::to_json(reply)));
}

void Supervisor::answer_terminal(std::int64_t id, proto::init::TerminalOf request) {
    UniqueFd terminal = session_.terminal_of(request.process);
    if (!terminal) throw Error("no process with a terminal has that number", "", ErrorKind::not_found);
    answer_with(id, std::move(terminal));
}

void Supervisor::answer_connect(std::int64_t id, proto::init::Connect request) {
    answer_with(id, connect_to(request.path));
}

void Supervisor::answer_listen(std::int64_t id, proto::init::Listen request) {
    answer_with(id, listen_at(request.path));
}

void Supervisor::answer_with(std::int64_t id, UniqueFd fd) {
    std::vector<UniqueFd> fds;
    fds.push_back(std::move(fd));
    wire_.queue(proto::result_line(id, proto::to_json(proto::Nothing()), 1), std::move(fds));
}

bool Supervisor::handle_kill(const proto::Message& message) {
    const auto kill = proto::from_json<proto::init::Kill>(*message.payload, "kill");
    if (!kill) return false;
    if (kill->signal < 1 || kill->signal > SIGRTMAX) return true;
    const int number = static_cast<int>(kill->signal);
    if (kill->process == 0)
        signal_everything(number);
    else if (session_.is_running(kill->process))
        ::kill(-static_cast<pid_t>(kill->process), number);
    return true;
}

bool Supervisor::handle_taken(const proto::Message& message) {
    const auto taken = proto::from_json<proto::init::Taken>(*message.payload, "taken");
    if (taken) session_.taken(taken->process);
    return static_cast<bool>(taken);
}

void Supervisor::take_signals() {
    signalfd_siginfo info{};
    bool child_ended = false, terminated = false;
    while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
        (info.ssi_signo == SIGCHLD ? child_ended : terminated) = true;
    if (child_ended) reap();
    if (!terminated) return;
    if (const auto main = session_.terminated()) ::kill(-*main, SIGTERM);
}

void Supervisor::reap() {
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
        auto how = exit_status_of(status);
        how.out_of_memory = how.signal == SIGKILL && pid == main_process_ && memory_kills() > memory_kills_;
        session_.reaped(pid, how, Clock::now());
    }
    if (!session_.ending()) return;
    if (pid < 0 && errno == ECHILD)
        session_.all_reaped();
    else
        signal_everything(SIGKILL);
}

void Supervisor::signal_everything(int number) {
    if (is_pid1_) {
        ::kill(-1, number);
        return;
    }
    for (const pid_t group : session_.groups()) ::kill(-group, number);
}

}  // namespace isag::init
