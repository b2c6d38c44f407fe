// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/image/report.hpp"
#include "proto/channel.hpp"
#include "proto/message.hpp"
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace isag::api {

// One request that is being worked on, seen from the operation: it reports on the way and answers once.
class Call final : public image::Report {
public:
    using OnNotification = std::function<void(const proto::Message&)>;

    Call(std::shared_ptr<proto::Channel> channel, proto::Message request);

    const nlohmann::json& parameters() const { return *request_.payload; }
    const std::string& method() const { return request_.method; }

    void progress(const std::string& stage, const std::string& text, std::int64_t step, std::int64_t steps) override;
    void notice(const std::string& text) override;
    void notify(std::string_view method, const nlohmann::json& parameters);

    void reply(const nlohmann::json& result, std::vector<UniqueFd> fds = {});
    void fail(const Error& error);
    bool answered() const { return answered_; }

    // What the client says on this connection while the call lasts ("resize", "signal").
    void on_notification(OnNotification handler) { handler_ = std::move(handler); }
    void take(const proto::Message& notification) {
        if (handler_) handler_(notification);
    }

private:
    std::shared_ptr<proto::Channel> channel_;
    proto::Message request_;
    OnNotification handler_;
    bool answered_ = false;
};

}  // namespace isag::api
