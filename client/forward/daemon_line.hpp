// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "common/event.hpp"
#include "common/unique_fd.hpp"
#include "proto/channel.hpp"
#include "proto/fields.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace isag::forward {

// A connection to isagd for many requests at a time, from coroutines of one thread. Where isagd goes away, the next one
// is dialled, started if need be, and asked for what the one before did not answer.
class DaemonLine {
public:
    // isagd allows 16 at a time, of which "forwards" is one as long as it lasts.
    static constexpr std::size_t most_asked = 15;

    DaemonLine(boost::asio::any_io_executor executor, const Context& context);

    // The answer. Throws the refusal, and Error where none comes within 40 s.
    template <class Request>
    boost::asio::awaitable<proto::Incoming> ask(std::string method, const Request& request) {
        return ask_json(std::move(method), std::make_shared<const nlohmann::json>(proto::to_json(request)));
    }

    // Each isagd is told that before all else, as the first one was: `what` gives the request anew.
    void tell_each(std::string method, std::function<proto::Payload()> what);
    // This isagd was dialled a moment ago: where it took sandboxes over from another one, it may not reach all of them
    // yet.
    bool is_new() const { return std::chrono::steady_clock::now() < new_until_; }

    // Called with each notification.
    void on_notification(std::function<void(const proto::Message&)> take) { on_notification_ = std::move(take); }

    // From now on an isagd that goes away is followed by none.
    void follow_no_more() { is_last_ = true; }

    // Dials and reads until it is cancelled; the owner spawns it. Throws Error where no isagd comes (back), breaks the
    // rules, or refuses what each is told.
    boost::asio::awaitable<void> run();

private:
    struct Question {
        std::int64_t id = 0;
        std::string line;
        std::optional<proto::Incoming> answer;
        bool is_forgotten = false;  // nobody waits for it any more
        Event answered;
    };
    using QuestionPtr = std::shared_ptr<Question>;

    boost::asio::awaitable<proto::Incoming> ask_json(std::string method, proto::Payload params);
    boost::asio::awaitable<void> talk(UniqueFd socket);
    boost::asio::awaitable<void> read(proto::Channel& channel);
    void take(proto::Incoming incoming);
    void send_waiting();
    void take_back();

    boost::asio::any_io_executor executor_;
    const Context& context_;
    std::int64_t last_id_ = 0;
    bool is_last_ = false;
    std::deque<QuestionPtr> waiting_;            // not sent yet
    std::map<std::int64_t, QuestionPtr> asked_;  // sent
    std::int64_t told_id_ = 0;                   // of what each isagd is told
    std::string tell_method_;
    std::function<proto::Payload()> tell_what_;
    std::function<void(const proto::Message&)> on_notification_;
    proto::Channel* channel_ = nullptr;  // while there is an isagd
    std::chrono::steady_clock::time_point new_until_{};
    bool has_answered_ = false;  // this one
};

}  // namespace isag::forward
