// SPDX-License-Identifier: Apache-2.0
#include "proto/api.hpp"
#include "proto/config.hpp"
#include "proto/forward.hpp"
#include "proto/init.hpp"
#include "proto/message.hpp"
#include "proto/net.hpp"
#include "proto/session.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

using namespace isag::proto;
using isag::Result;
using nlohmann::json;

namespace {

struct Example {
    std::string name;  // "run.request"
    std::string line;
};

std::vector<Example> examples() {
    std::ifstream file(ISAG_TEST_DATA "/../../proto/README.md");
    REQUIRE(file.good());
    const std::string fence = "```json ";
    std::vector<Example> out;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(fence)) continue;
        Example example{line.substr(fence.size()), {}};
        REQUIRE(std::getline(file, example.line));
        REQUIRE(std::getline(file, line));
        CHECK_MESSAGE(line == "```", example.name << " is one line");
        out.push_back(std::move(example));
    }
    return out;
}

// Decodes a payload and encodes it again.
using Trip = std::function<Result<json>(const json&)>;

template <class T>
Result<json> trip(const json& value) {
    const auto message = from_json<T>(value, "it");
    if (!message) return message.error();
    return to_json(*message);
}

// Every message there is, and its type. Sorted by where it is spoken.
const std::map<std::string, Trip> messages{
    {"hello.request", trip<Hello>},
    {"hello.result", trip<Hello>},
    {"build.request", trip<BuildRequest>},
    {"build.result", trip<BuildReply>},
    {"progress.notification", trip<Progress>},
    {"notice.notification", trip<Notice>},
    {"run.request", trip<RunRequest>},
    {"run.result", trip<RunReply>},
    {"resize.notification", trip<TerminalSize>},
    {"signal.notification", trip<Signal>},
    {"exited.notification", trip<Exited>},
    {"turn.notification", trip<Turn>},
    {"place.notification", trip<Place>},
    {"attach.request", trip<AttachRequest>},
    {"attach.result", trip<AttachReply>},
    {"resume.request", trip<ResumeRequest>},
    {"resume.result", trip<ResumeReply>},
    {"exec.request", trip<ExecRequest>},
    {"exec.result", trip<ExecReply>},
    {"logs.request", trip<LogsRequest>},
    {"logs.result", trip<LogsReply>},
    {"wait.request", trip<WaitRequest>},
    {"wait.result", trip<WaitReply>},
    {"unpause.request", trip<UnpauseRequest>},
    {"unpause.result", trip<UnpauseReply>},
    {"events.request", trip<EventsRequest>},
    {"events.result", trip<EventsReply>},
    {"event.notification", trip<DaemonEvent>},
    {"connect.request", trip<ConnectRequest>},
    {"connect.result", trip<ConnectReply>},
    {"sockets.request", trip<SocketsRequest>},
    {"sockets.result", trip<SocketsReply>},
    {"listen.request", trip<ListenRequest>},
    {"listen.result", trip<ListenReply>},
    {"forwards.request", trip<ForwardsRequest>},
    {"forwards.result", trip<ForwardsReply>},
    {"ssh.request", trip<SshRequest>},
    {"ssh.result", trip<SshReply>},
    {"ssh.config.request", trip<Nothing>},
    {"ssh.config.result", trip<SshConfigReply>},
    {"ports.request", trip<PortsRequest>},
    {"ports.result", trip<PortsReply>},
    {"ps.request", trip<PsRequest>},
    {"ps.result", trip<PsReply>},
    {"stop.request", trip<StopRequest>},
    {"stop.result", trip<StopReply>},
    {"config.check.request", trip<ConfigSource>},
    {"config.check.result", trip<ConfigReport>},
    {"config.show.request", trip<ConfigSource>},
    {"config.show.result", trip<ConfigText>},
    {"config.template.request", trip<TemplateRequest>},
    {"config.template.result", trip<Template>},
    {"net.show.request", trip<Target>},
    {"net.show.result", trip<net::Shown>},
    {"net.log.request", trip<net::LogRequest>},
    {"net.log.result", trip<net::Log>},
    {"net.event.notification", trip<gate::Event>},
    {"net.ended.notification", trip<Nothing>},
    {"net.change.request", trip<net::ChangeRequest>},
    {"net.change.result", trip<net::ChangeReply>},
    {"net.check.request", trip<net::CheckRequest>},
    {"net.check.result", trip<net::CheckReply>},
    {"net.summary.notification", trip<net::Summary>},
    {"ready.notification", trip<init::Ready>},
    {"spawn.request", trip<init::Spawn>},
    {"spawn.result", trip<init::Spawned>},
    {"serve.request", trip<init::Spawn>},
    {"serve.result", trip<init::Spawned>},
    {"environment.request", trip<Nothing>},
    {"environment.result", trip<init::Variables>},
    {"connect.init.request", trip<init::Connect>},
    {"connect.init.result", trip<Nothing>},
    {"listen.init.request", trip<init::Listen>},
    {"listen.init.result", trip<Nothing>},
    {"terminal.request", trip<init::TerminalOf>},
    {"terminal.result", trip<Nothing>},
    {"kill.notification", trip<init::Kill>},
    {"ended.notification", trip<init::Ended>},
    {"taken.notification", trip<init::Taken>},
};

const std::set<std::string> optional_keys{"run.request name",
                                          "run.request terminal",
                                          "exited.notification code",
                                          "config.template.request project",
                                          "spawn.request terminal",
                                          "ended.notification signal",
                                          "ended.notification out_of_memory",
                                          "ended.notification age",
                                          "attach.result config",
                                          "net.show.request name",
                                          "net.log.request since",
                                          "net.log.request tail",
                                          "net.change.request seconds",
                                          "net.change.result sandbox",
                                          "net.change.result saved",
                                          "net.check.result sandbox",
                                          "net.summary.notification saved",
                                          "resume.request terminal",
                                          "resume.request place",
                                          "resume.request types",
                                          "resume.result goes_on",
                                          "place.notification place",
                                          "exec.request directory",
                                          "exec.request terminal",
                                          "events.request since",
                                          "attach.request target name",
                                          "ports.request name"};

std::string line_of(const Message& message, const json& payload) {
    switch (message.type) {
        case Message::Type::request:
            return request_line(message.id, message.method, payload);
        case Message::Type::notification:
            return notification_line(message.method, payload);
        case Message::Type::result:
            return result_line(message.id, payload, message.fds);
        case Message::Type::error:
            return error_line(message.id, *message.failure);
    }
    return {};
}

}  // namespace

TEST_CASE("README: every message has an example, and every example is a message") {
    std::set<std::string> shown;
    for (const auto& example : examples()) shown.insert(example.name);
    CHECK(shown.erase("error") == 1);
    std::set<std::string> known;
    for (const auto& entry : messages) known.insert(entry.first);
    CHECK(shown == known);
}

TEST_CASE("README: each example survives decoding and encoding") {
    for (const auto& [name, line] : examples()) {
        CAPTURE(name);
        const auto message = parse_message(line);
        REQUIRE_MESSAGE(message.has_value(), message.error().message);
        json payload;
        if (message->type != Message::Type::error) {
            const auto result = messages.at(name)(*message->payload);
            REQUIRE_MESSAGE(result.has_value(), result.error().message);
            CHECK(*result == *message->payload);
            payload = *result;
        }
        if (!message->method.empty()) CHECK(name.starts_with(message->method + "."));
        CHECK(json::parse(line_of(*message, payload)) == json::parse(line));
    }
}

TEST_CASE("README: an example with a key more, less or of another type is refused") {
    for (const auto& [name, line] : examples()) {
        if (name == "error") continue;
        CAPTURE(name);
        const auto decode = messages.at(name);
        const json good = *parse_message(line)->payload;
        json more = good;
        more["surprise"] = 1;
        CHECK(decode(more).has_error());
        for (const auto& item : good.items()) {
            CAPTURE(item.key());
            json changed = good;
            changed[item.key()] = nullptr;
            CHECK(decode(changed).has_error());
            changed.erase(item.key());
            CHECK(decode(changed).has_value() == optional_keys.contains(name + " " + item.key()));
        }
    }
}

TEST_CASE("README: an example cut off at any byte is refused") {
    for (const auto& example : examples())
        for (std::size_t length = 0; length < example.line.size(); ++length)
            CHECK(parse_message(example.line.substr(0, length)).has_error());
}
