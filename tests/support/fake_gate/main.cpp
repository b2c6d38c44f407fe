// SPDX-License-Identifier: Apache-2.0
// isag-gate MODE [SOCKET [NAMESPACE]]: speaks as a gate does and guards nothing. PID 1 keeps a worker, which dials
// isagd. NAMESPACE is what it says its network namespace is; then SOCKET.configured is made once it has its rules.
#include "proto/gate.hpp"
#include "proto/wire.hpp"
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace isag;
namespace gate = proto::gate;

namespace {

bool* configured = nullptr;  // shared by all workers
bool limited = false;
std::int64_t network_namespace = 0;
std::string mark;  // a file that is made once it has its rules
gate::State state;

UniqueFd dial(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fd.reset();
    return fd;
}

std::string ready_line() {
    const gate::Ready ready{proto::protocol_version, network_namespace, limited, *configured};
    return proto::notification_line("ready", proto::to_json(ready));
}

void configure(const proto::Message& message) {
    const auto settings = proto::from_json<gate::Configure>(*message.payload, "configure").value();
    *configured = true;
    if (!mark.empty()) UniqueFd(::creat(mark.c_str(), 0600));
    state.rules.clear();
    for (const auto& rule : settings.rules) state.rules.push_back({true, false, rule, {}});
    state.resolvers = settings.resolvers;
    state.siblings = settings.siblings;
    state.learn = settings.learn;
}

std::string answer(const proto::Message& message) {
    nlohmann::json result = nlohmann::json::object();
    // As a gate of an isag that could not do it yet. ("connect" is answered with nothing, as by one that is broken.)
    if (message.method == "listen")
        return proto::error_line(message.id, Error("unknown method 'listen'", "", ErrorKind::usage));
    if (message.method == "configure") configure(message);
    if (message.method == "show") result = proto::to_json(state);
    if (message.method == "check") result = proto::to_json(gate::Checked{false, "", "a fake gate knows nothing"});
    if (message.method == "change") result = proto::to_json(gate::Changed{3});
    return proto::result_line(message.id, result);
}

// Each change of siblings is answered with an event, so that a test hears something.
void take(proto::Wire& wire, const proto::Message& message) {
    if (message.type == proto::Message::Type::request) return wire.queue(answer(message));
    if (message.method != "siblings") return;
    state.siblings = proto::from_json<gate::Siblings>(*message.payload, "siblings").value().siblings;
    gate::Events events;
    events.events.push_back({1, false, "dns", "told.example", 53, "not allowed", 2});
    events.refused = 2;
    wire.queue(proto::notification_line("events", proto::to_json(events)));
}

void converse(const UniqueFd& socket) {
    proto::Wire wire;
    wire.queue(ready_line());
    for (;;) {
        if (wire.flush(socket.get()) == proto::Wire::Io::closed) return;
        pollfd fd{socket.get(), POLLIN, 0};
        ::poll(&fd, 1, -1);
        const auto got = wire.read_some(socket.get());
        if (!got || *got == proto::Wire::Io::closed) return;
        for (;;) {
            const auto incoming = wire.next();
            if (!incoming) return;
            if (!*incoming) break;
            take(wire, (*incoming)->message);
        }
    }
}

[[noreturn]] void work(const std::string& path) {
    for (;;) {
        if (const UniqueFd socket = dial(path)) converse(socket);
        ::poll(nullptr, 0, 50);
    }
}

void end(int) { ::_exit(0); }

}  // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "broken") return ::dprintf(2, "isag-gate: this kernel has no nf_tables\n"), 1;
    limited = mode != "open";
    const std::string path = argc > 2 ? argv[2] : std::string(gate::mount_folder) + "/" + gate::socket_name;
    struct stat info {};
    ::stat("/proc/self/ns/net", &info);
    network_namespace = argc > 3 ? std::stoll(argv[3]) : static_cast<std::int64_t>(info.st_ino);
    if (argc > 3) mark = path + ".configured";
    void* shared = ::mmap(nullptr, sizeof(bool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    configured = new (shared) bool(false);
    ::signal(SIGTERM, end);
    for (;;) {
        const pid_t worker = ::fork();
        if (worker == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // as in a container whose PID 1 has ended
            work(path);
        }
        ::waitpid(worker, nullptr, 0);
    }
}
