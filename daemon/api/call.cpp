// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/call.hpp"
#include "proto/api.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

Call::Call(std::shared_ptr<proto::Channel> channel, proto::Message request)
    : channel_(std::move(channel)), request_(std::move(request)) {}

void Call::progress(const std::string& stage, const std::string& text, std::int64_t step, std::int64_t steps) {
    notify("progress", proto::to_json(proto::Progress{stage, text, step, steps}));
}

void Call::notice(const std::string& text) { notify("notice", proto::to_json(proto::Notice{text})); }

void Call::notify(std::string_view method, const nlohmann::json& parameters) { channel_->notify(method, parameters); }

void Call::reply(const nlohmann::json& result, std::vector<UniqueFd> fds) {
    answered_ = true;
    const auto count = static_cast<std::int64_t>(fds.size());
    channel_->send(proto::result_line(request_.id, result, count), std::move(fds));
}

void Call::fail(const Error& error) {
    answered_ = true;
    channel_->send(proto::error_line(request_.id, error));
}

}  // namespace isag::api
