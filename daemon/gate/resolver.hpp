// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "daemon/gate/shared.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace isag::gate {

// The gate's own stub resolver: what an allowed name stands for, asked of the configured resolvers in their order
// (security.md N4). Answers are kept as long as they say, an hour at most; one that there is no address, five seconds.
class Resolver {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t most_kept = 1024;   // names
    static constexpr std::size_t most_asking = 256;  // names at a time

    explicit Resolver(Shared& shared);

    // At least one address, IPv4 ones and IPv6 ones in turn. `name` is normalized. A sibling's is what isagd said.
    // Which of them may be dialled is not decided here. Throws Error.
    boost::asio::awaitable<std::vector<dns::Address>> resolve(std::string name);

    // Drops what is known: for other resolvers.
    void forget() { kept_.clear(); }
    // Ends what is under way; whoever waits gets an Error. Before it is destroyed.
    boost::asio::awaitable<void> end();

private:
    struct Answer {
        std::vector<dns::Address> addresses;
        std::string error;  // where there are none
        Clock::duration lasts{};
    };
    struct Kept {
        Answer answer;
        Clock::time_point until;
    };
    struct Lookup {
        Event done;
        std::shared_ptr<const Answer> answer;
    };

    boost::asio::awaitable<void> look_up(std::string name, std::shared_ptr<Lookup> lookup);
    boost::asio::awaitable<Answer> ask_all(std::string name);
    boost::asio::awaitable<Answer> ask_one(proto::gate::Resolver resolver, std::string name);
    void keep(const std::string& name, const Answer& answer);

    Shared& shared_;
    std::map<std::string, Kept> kept_;
    std::map<std::string, std::shared_ptr<Lookup>> asking_;
    TaskGroup tasks_;
};

}  // namespace isag::gate
