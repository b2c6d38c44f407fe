// SPDX-License-Identifier: Apache-2.0
// net_load MODE ...: the two ends of the network benchmarks (gate.py, forward.py). One thread, blocking calls, results
// as JSON.
//   serve                          port 9001 floods, 9002 echoes, 9003 says one byte; until it is killed
//   bulk|request|connect HOST SECONDS    against these ports
//   dns SERVER NAME SECONDS        as many A queries as are answered, 32 at a time
//   until HOST PORT                when a connection brings the first byte, tried without pause (CLOCK_MONOTONIC, ns)
//   cut HOST PORT                  prints "open" and then when the connection ends
//   start PROGRAM ARGUMENT...      runs it as a shell would, and prints when that began and ended
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <netinet/tcp.h>
#include <spawn.h>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

long long nanoseconds() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
}

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

std::string query(const std::string& name) {
    std::string out("\0\0\1\0\0\1\0\0\0\0\0\0", 12);
    for (std::size_t at = 0; at < name.size();) {
        const auto dot = std::min(name.find('.', at), name.size());
        out += static_cast<char>(dot - at) + name.substr(at, dot - at);
        at = dot + 1;
    }
    return out + std::string("\0\0\1\0\1", 5);
}

int dns_socket(const sockaddr_in& server) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const timeval limit{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) fail("connect");
    return fd;
}

bool is_answer(const char* reply, ssize_t size) { return size >= 16 && (reply[3] & 15) == 0 && reply[7] != 0; }

sockaddr_in address_of(const char* host, int port);

// By a query to the first server of resolv.conf: a static program can't rely on libc's.
in_addr resolve(const char* host) {
    static const sockaddr_in server = [] {
        std::ifstream file("/etc/resolv.conf");
        std::string word, address = "127.0.0.1";
        while (file >> word)
            if (word == "nameserver" && file >> address) break;
        return address_of(address.c_str(), 53);
    }();
    const int fd = dns_socket(server);
    const std::string question = query(host);
    char reply[1500];
    in_addr out{};
    if (::send(fd, question.data(), question.size(), 0) > 0) {
        const ssize_t size = ::recv(fd, reply, sizeof reply, 0);
        if (is_answer(reply, size)) std::memcpy(&out, reply + size - 4, 4);  // nothing follows the A record
    }
    ::close(fd);
    return out;
}

// Its sin_addr is 0 where the name has none.
sockaddr_in address_of(const char* host, int port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::inet_pton(AF_INET, host, &out.sin_addr) != 1) out.sin_addr = resolve(host);
    return out;
}

// A connected socket, or -1.
int dial(const sockaddr_in& to) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    const int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return fd;
    ::close(fd);
    return -1;
}

template <class Serve>
void serve_port(int port, Serve serve) {
    if (::fork() != 0) return;
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::bind(listener, reinterpret_cast<sockaddr*>(&any), sizeof any) != 0) fail("bind");
    ::listen(listener, 4096);
    for (;;) {
        int fd = ::accept(listener, nullptr, nullptr);
        if (fd < 0) continue;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        serve(fd);
        if (fd > 0) ::close(fd);
    }
}

int serve() {
    std::signal(SIGCHLD, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    static char block[256 << 10];
    serve_port(9001, [](int fd) {
        if (::fork() != 0) return;
        while (::send(fd, block, sizeof block, 0) > 0) {
        }
        ::_exit(0);
    });
    serve_port(9002, [](int fd) {
        if (::fork() != 0) return;
        for (ssize_t n = 0; (n = ::recv(fd, block, sizeof block, 0)) > 0;)
            if (::send(fd, block, static_cast<std::size_t>(n), 0) < 0) break;
        ::_exit(0);
    });
    // The client hangs up by a reset, and long before its turn here: nobody is left with sockets in TIME_WAIT, which
    // would slow each round more than the one before.
    serve_port(9003, [](int& fd) {
        static int open[64] = {};  // 0: none
        static std::size_t next = 0;
        ::send(fd, "x", 1, 0);
        std::swap(fd, open[next++ % std::size(open)]);
    });
    for (;;) ::pause();
}

int bulk(const sockaddr_in& to, double seconds) {
    const int fd = dial(to);
    if (fd < 0) fail("connect");
    std::vector<char> block(1 << 20);
    long long bytes = 0;
    const auto begin = nanoseconds();
    const auto end = begin + static_cast<long long>(seconds * 1e9);
    while (nanoseconds() < end) {
        const ssize_t n = ::recv(fd, block.data(), block.size(), 0);
        if (n <= 0) fail("recv");
        bytes += n;
    }
    std::printf("{\"rate\": %.0f, \"bytes\": %lld}\n",
                static_cast<double>(bytes) * 1e9 / static_cast<double>(nanoseconds() - begin), bytes);
    return 0;
}

// Repeats `once` for that long; the median of how long it takes, in µs, and how many a second.
template <class Once>
int repeat(double seconds, Once once) {
    std::vector<double> taken;
    const auto begin = nanoseconds();
    const auto end = begin + static_cast<long long>(seconds * 1e9);
    for (auto now = begin; now < end;) {
        once();
        const auto after = nanoseconds();
        taken.push_back(static_cast<double>(after - now) / 1e3);
        now = after;
    }
    const double rate = static_cast<double>(taken.size()) * 1e9 / static_cast<double>(nanoseconds() - begin);
    std::nth_element(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(taken.size() / 2), taken.end());
    std::printf("{\"p50\": %.2f, \"rate\": %.0f}\n", taken[taken.size() / 2], rate);
    return 0;
}

int requests(const sockaddr_in& to, double seconds) {
    const int fd = dial(to);
    if (fd < 0) fail("connect");
    char block[256] = {};
    return repeat(seconds, [&] {
        if (::send(fd, block, 100, 0) != 100) fail("send");
        for (ssize_t got = 0, n = 0; got < 100; got += n)
            if ((n = ::recv(fd, block, sizeof block, 0)) <= 0) fail("recv");
    });
}

int connections(const sockaddr_in& to, double seconds) {
    char byte = 0;
    return repeat(seconds, [&] {
        const int fd = dial(to);
        if (fd < 0 || ::recv(fd, &byte, 1, 0) != 1) fail("connect");
        const linger at_once{1, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(fd);
    });
}

int dns(const sockaddr_in& server, const std::string& name, double seconds) {
    const int fd = dns_socket(server);
    const std::string question = query(name);
    char reply[1500];
    const auto ask = [&] { ::send(fd, question.data(), question.size(), 0); };
    for (int n = 0; n < 32; ++n) ask();
    long long answered = 0, lost = 0;
    const auto begin = nanoseconds();
    const auto end = begin + static_cast<long long>(seconds * 1e9);
    while (nanoseconds() < end) {
        const ssize_t n = ::recv(fd, reply, sizeof reply, 0);
        if (n < 12) {
            ++lost;
        } else if (!is_answer(reply, n)) {
            std::fprintf(stderr, "no answer: rcode %d\n", reply[3] & 15);
            return 1;
        } else {
            ++answered;
        }
        ask();
    }
    const double rate = static_cast<double>(answered) * 1e9 / static_cast<double>(nanoseconds() - begin);
    std::printf("{\"rate\": %.0f, \"answered\": %lld, \"lost\": %lld}\n", rate, answered, lost);
    return 0;
}

int until(const char* host, int port) {
    std::puts("trying");
    std::fflush(stdout);
    for (;;) {
        const auto to = address_of(host, port);
        const int fd = to.sin_addr.s_addr != 0 ? dial(to) : -1;
        char byte = 0;
        if (fd >= 0 && ::recv(fd, &byte, 1, 0) == 1) {
            std::printf("%lld\n", nanoseconds());
            return 0;
        }
        if (fd >= 0) ::close(fd);
        ::usleep(200);
    }
}

int cut(const char* host, int port) {
    const int fd = dial(address_of(host, port));
    char block[64];
    if (fd < 0 || ::recv(fd, block, sizeof block, 0) <= 0) fail("connect");
    std::puts("open");
    std::fflush(stdout);
    while (::recv(fd, block, sizeof block, 0) > 0) {
    }
    std::printf("%lld\n", nanoseconds());
    return 0;
}

// Not by fork(), whose time grows with the memory of who starts it: the bench is a large program, a shell is not.
int start(char** words) {
    std::fflush(stdout);
    posix_spawn_file_actions_t quiet;
    ::posix_spawn_file_actions_init(&quiet);
    ::posix_spawn_file_actions_adddup2(&quiet, 2, 1);
    pid_t child = 0;
    int status = 0;
    const auto begin = nanoseconds();
    if (::posix_spawn(&child, words[0], &quiet, nullptr, words, environ) != 0) fail(words[0]);
    if (::waitpid(child, &status, 0) != child || status != 0) return 1;
    std::printf("%lld %lld\n", begin, nanoseconds());
    return 0;
}

}  // namespace

int main(int count, char** words) {
    const std::string mode = count > 1 ? words[1] : "";
    if (mode == "serve") return serve();
    if (mode == "bulk" && count == 4) return bulk(address_of(words[2], 9001), std::atof(words[3]));
    if (mode == "request" && count == 4) return requests(address_of(words[2], 9002), std::atof(words[3]));
    if (mode == "connect" && count == 4) return connections(address_of(words[2], 9003), std::atof(words[3]));
    if (mode == "dns" && count == 5) return dns(address_of(words[2], 53), words[3], std::atof(words[4]));
    if (mode == "until" && count == 4) return until(words[2], std::atoi(words[3]));
    if (mode == "cut" && count == 4) return cut(words[2], std::atoi(words[3]));
    if (mode == "start" && count > 2) return start(words + 2);
    std::fputs("usage: see net_load.cpp\n", stderr);
    return 2;
}
