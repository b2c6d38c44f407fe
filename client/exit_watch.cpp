// SPDX-License-Identifier: Apache-2.0
#include "client/exit_watch.hpp"
#include "common/escape.hpp"
#include "common/poll_time.hpp"
#include <nlohmann/json.hpp>

namespace isag {
namespace {

constexpr std::chrono::milliseconds drain_limit{500};
constexpr std::size_t most_notices = std::size_t{64} << 10;  // bytes

}  // namespace

pollfd ExitWatch::wanted(const Connection& connection) const {
    if (exited_) return {-1, 0, 0};
    return {connection.socket(), connection.wanted_events(), 0};
}

void ExitWatch::advance(Connection& connection) {
    if (exited_) return;
    connection.advance();
    while (!exited_) {
        const auto incoming = connection.next();
        if (!incoming) return;
        take(incoming->message);
    }
}

void ExitWatch::take(const proto::Message& message) {
    if (message.method == "exited") {
        exited_ = proto::from_json<proto::Exited>(*message.payload, "exited").value();
        moved();
    } else if (message.method == "turn") {
        types_ = proto::from_json<proto::Turn>(*message.payload, "turn").value().yours;
        turn_ = types_;
    } else if (message.method == "place") {
        place_ = proto::from_json<proto::Place>(*message.payload, "place").value();
    } else if (message.method == "net.summary") {
        network_ = proto::from_json<proto::net::Summary>(*message.payload, "net.summary").value();
    } else if (message.method == "notice" && notices_.size() < most_notices) {
        const auto notice = proto::from_json<proto::Notice>(*message.payload, "notice").value();
        notices_ += "isag: " + escape_controls(notice.text) + "\n";
    }
}

std::optional<std::int64_t> ExitWatch::place_behind(std::int64_t received) const {
    if (!place_.place || received < place_.stream) return std::nullopt;
    return *place_.place + (received - place_.stream);
}

void ExitWatch::moved() { until_ = std::chrono::steady_clock::now() + drain_limit; }

int ExitWatch::remaining_ms() const { return exited_ ? milliseconds_until(until_) : -1; }

}  // namespace isag
