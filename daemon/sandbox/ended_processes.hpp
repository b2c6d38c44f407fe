// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/event.hpp"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace isag::sandbox {

// How a sandbox's processes ended, kept for who asks later: of the latest 256. Whoever waits for one misses no end,
// however many others there are. Single-threaded.
class EndedProcesses {
public:
    // Also a second time, as init tells it after it has dialled anew.
    void note(std::int64_t process, ExitStatus status);
    // How many ends were noted; what started() compares with.
    std::uint64_t noted() const { return noted_; }
    // A new process has that number: an end under it that is not among those noted since is another one's.
    void started(std::int64_t process, std::uint64_t noted_before);
    // All that run end unnoticed, as when the container is gone: who waits gets nothing.
    void give_up();
    // Until that process has ended. Nothing after give_up().
    boost::asio::awaitable<std::optional<ExitStatus>> wait(std::int64_t process);

private:
    struct End {
        std::int64_t process;
        ExitStatus status;
        std::uint64_t number;  // among those noted
    };
    struct Waiting {
        std::int64_t process;
        std::optional<ExitStatus> status;
    };
    const End* find(std::int64_t process) const;

    std::deque<End> ends_;  // the latest at the back
    std::vector<Waiting*> waiting_;
    std::uint64_t noted_ = 0;
    bool given_up_ = false;
    Event changed_;
};

}  // namespace isag::sandbox
