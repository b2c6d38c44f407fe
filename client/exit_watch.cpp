// SPDX-License-Identifier: Apache-2.0
#include "client/exit_watch.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace isag {
namespace {

constexpr std::chrono::milliseconds drain_limit{500};
constexpr std::size_t most_notices = std::size_t{64} << 10;  // bytes

}  // namespace

pollfd ExitWatch::wanted() const {
    if (exited_) return {-1, 0, 0};
    return {connection_.socket(), connection_.wanted_events(), 0};
}

void ExitWatch::advance() {
    if (exited_) return;
    connection_.advance();
    while (!exited_) {
        const auto incoming = connection_.next();
        if (!incoming) return;
        const auto& message = incoming->message;
        if (message.method == "exited") {
            exited_ = proto::from_json<proto::Exited>(*message.payload, "exited").value();
            moved();
        } else if (message.method == "notice" && notices_.size() < most_notices) {
            const auto notice = proto::from_json<proto::Notice>(*message.payload, "notice").value();
            notices_ += "isag: " + escape_controls(notice.text) + "\n";
        }
    }
}

void ExitWatch::moved() { until_ = std::chrono::steady_clock::now() + drain_limit; }

int ExitWatch::remaining_ms() const {
    if (!exited_) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace isag
