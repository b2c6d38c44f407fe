// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/ended_processes.hpp"
#include <algorithm>

namespace asio = boost::asio;

namespace isag::sandbox {
namespace {

constexpr std::size_t most_ends = 256;

}  // namespace

const EndedProcesses::End* EndedProcesses::find(std::int64_t process) const {
    const auto found = std::find_if(ends_.begin(), ends_.end(), [&](const End& end) { return end.process == process; });
    return found == ends_.end() ? nullptr : &*found;
}

void EndedProcesses::note(std::int64_t process, ExitStatus status) {
    std::erase_if(ends_, [&](const End& end) { return end.process == process; });
    ends_.push_back({process, status, noted_++});
    if (ends_.size() > most_ends) ends_.pop_front();
    for (auto* waiting : waiting_)
        if (waiting->process == process) waiting->status = status;
    changed_.notify();
}

void EndedProcesses::started(std::int64_t process, std::uint64_t noted_before) {
    std::erase_if(ends_, [&](const End& end) { return end.process == process && end.number < noted_before; });
}

void EndedProcesses::give_up() {
    given_up_ = true;
    changed_.notify();
}

asio::awaitable<std::optional<ExitStatus>> EndedProcesses::wait(std::int64_t process) {
    if (const auto* end = find(process)) co_return end->status;
    Waiting waiting{process, {}};
    waiting_.push_back(&waiting);
    const auto leave = [this](Waiting* one) { std::erase(waiting_, one); };
    const std::unique_ptr<Waiting, decltype(leave)> listed(&waiting, leave);
    while (!waiting.status && !given_up_) co_await changed_.wait();
    co_return waiting.status;
}

}  // namespace isag::sandbox
