// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/mount_watch.hpp"
#include "common/error.hpp"
#include "common/log_error.hpp"
#include "common/unique_fd.hpp"
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <set>
#include <string>
#include <sys/inotify.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::posix::stream_descriptor;
using boost::system::error_code;

namespace isag::sandbox {
namespace {

std::string read_all(int file) {
    std::string out;
    std::array<char, 16384> bytes{};
    ::lseek(file, 0, SEEK_SET);
    for (ssize_t n = 0; (n = ::read(file, bytes.data(), bytes.size())) > 0;)
        out.append(bytes.data(), static_cast<std::size_t>(n));
    return out;
}

}  // namespace

MountWatch::MountWatch(asio::any_io_executor executor, Event& changed)
    : changed_(changed), mounts_(executor), moves_(executor), tasks_(executor, log_unless_cancelled) {}

void MountWatch::open(pid_t pid) {
    const std::string path = "/proc/" + std::to_string(pid) + "/mountinfo";
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) throw errno_error("cannot read " + path, errno);
    mounts_.assign(file.release());
}

void MountWatch::start() {
    const int moves = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (moves >= 0) moves_.assign(moves);
    tasks_.spawn(watch_mounts());
    tasks_.spawn(watch_moves());
}

asio::awaitable<void> MountWatch::let_go() {
    tasks_.cancel();
    co_await tasks_.join();
    error_code ignored;
    mounts_.close(ignored);
    moves_.close(ignored);
}

// poll(2) tells of each change once (proc_pid_mounts(5)).
asio::awaitable<void> MountWatch::watch_mounts() {
    while (mounts_.is_open()) {
        co_await mounts_.async_wait(stream_descriptor::wait_error, asio::use_awaitable);
        changed_.notify();
    }
}

asio::awaitable<void> MountWatch::watch_moves() {
    std::array<char, 4096> events{};
    while (moves_.is_open()) {
        co_await moves_.async_read_some(asio::buffer(events), asio::use_awaitable);
        changed_.notify();
    }
}

// A folder that is renamed takes along the mounts in it.
bool MountWatch::note_places(const std::vector<Covered>& covered) {
    std::set<fs::path> places;
    for (const auto& one : covered) {
        fs::path place = one.host;
        for (; place != one.root && place.has_relative_path(); place = place.parent_path()) places.insert(place);
    }
    constexpr std::uint32_t what = IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW;
    bool all = moves_.is_open();
    for (const auto& place : places)
        if (moves_.is_open() && ::inotify_add_watch(moves_.native_handle(), place.c_str(), what) < 0) all = false;
    return all;
}

std::vector<Covered> MountWatch::missing(const std::vector<Covered>& covered) {
    if (!mounts_.is_open()) return covered;
    return missing_from(parse_mountinfo(read_all(mounts_.native_handle())), covered);
}

}  // namespace isag::sandbox
