// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "daemon/sandbox/covers.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// Which covers of a sandbox still lie where they should, and when that may have changed.
class MountWatch {
public:
    // Notifies `changed`, which outlives it.
    MountWatch(boost::asio::any_io_executor executor, Event& changed);

    // Opens the list of the mounts that this process sees. Throws Error.
    void open(pid_t pid);
    bool is_open() const { return mounts_.is_open(); }
    // Notifies from now on.
    void start();
    // Has changes of these places noticed, too: a mount goes along with what it lies on, and the kernel tells nobody.
    // False where not all can be watched.
    bool note_places(const std::vector<Covered>& covered);
    // Those that do not lie there. What can't be seen counts as gone.
    std::vector<Covered> missing(const std::vector<Covered>& covered);
    // Ends all work. Held open it would keep the mounts of a container that is removed.
    boost::asio::awaitable<void> let_go();

private:
    boost::asio::awaitable<void> watch_mounts();
    boost::asio::awaitable<void> watch_moves();

    Event& changed_;
    boost::asio::posix::stream_descriptor mounts_;  // /proc/PID/mountinfo
    boost::asio::posix::stream_descriptor moves_;   // inotify(7)
    TaskGroup tasks_;
};

}  // namespace isag::sandbox
