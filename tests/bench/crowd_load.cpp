// SPDX-License-Identifier: Apache-2.0
// crowd_load ADDRESS PORT SECONDS COUNT: 100 bytes there and back (an echo server's), on so many connections at once,
// one request under way on each all the time. The median in µs and how many a second, as JSON. One thread.
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr ssize_t request_size = 100;

struct Asking {
    Clock::time_point since;
    ssize_t got = 0;
};

double microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

int dial(const char* address, const char* port) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    if (::inet_pton(AF_INET, address, &to.sin_addr) != 1) fail(address);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
    return fd;
}

class Crowd {
public:
    Crowd(const char* address, const char* port, std::size_t count) : asking_(count) {
        for (std::size_t i = 0; i < count; ++i) fds_.push_back({dial(address, port), POLLIN, 0});
    }

    void run(Clock::duration time) {
        const auto begin = Clock::now();
        for (std::size_t i = 0; i < fds_.size(); ++i) ask(i);
        while (Clock::now() - begin < time) {
            if (::poll(fds_.data(), fds_.size(), 10'000) <= 0) fail("poll");
            for (std::size_t i = 0; i < fds_.size(); ++i)
                if (fds_[i].revents != 0) take(i);
        }
        if (taken_.empty()) fail("no answer");
        const auto middle = taken_.begin() + static_cast<std::ptrdiff_t>(taken_.size() / 2);
        std::nth_element(taken_.begin(), middle, taken_.end());
        std::printf("{\"p50\": %.2f, \"rate\": %.0f}\n", *middle,
                    static_cast<double>(taken_.size()) * 1e6 / microseconds(Clock::now() - begin));
    }

private:
    void ask(std::size_t i) {
        asking_[i] = {Clock::now(), 0};
        if (::send(fds_[i].fd, block_, request_size, 0) != request_size) fail("send");
    }
    void take(std::size_t i) {
        const ssize_t n = ::recv(fds_[i].fd, block_, sizeof block_, 0);
        if (n <= 0) fail("recv");
        if ((asking_[i].got += n) < request_size) return;
        taken_.push_back(microseconds(Clock::now() - asking_[i].since));
        ask(i);
    }

    char block_[256] = {};
    std::vector<pollfd> fds_;
    std::vector<Asking> asking_;
    std::vector<double> taken_;
};

}  // namespace

int main(int count, char** words) {
    if (count != 5) {
        std::fputs("usage: see crowd_load.cpp\n", stderr);
        return 2;
    }
    const std::chrono::duration<double> seconds(std::atof(words[3]));
    Crowd crowd(words[1], words[2], static_cast<std::size_t>(std::atoi(words[4])));
    crowd.run(std::chrono::duration_cast<Clock::duration>(seconds));
    return 0;
}
