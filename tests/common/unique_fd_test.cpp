// SPDX-License-Identifier: Apache-2.0
#include "common/unique_fd.hpp"
#include "common/error.hpp"
#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

using namespace isag;

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }
bool closes_on_exec(const UniqueFd& fd) { return (::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0; }

}  // namespace

TEST_CASE("unique fd: it is closed once, by its last owner") {
    Pipe pipe = make_pipe();
    const int number = pipe.read.get();
    {
        UniqueFd other(std::move(pipe.read));
        CHECK_FALSE(pipe.read);
        CHECK(other.get() == number);
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("unique fd: assignment closes what was held") {
    Pipe pipe = make_pipe();
    const int first = pipe.read.get(), second = pipe.write.get();
    pipe.read = std::move(pipe.write);
    CHECK_FALSE(is_open(first));
    CHECK(pipe.read.get() == second);
    auto& same = pipe.read;
    pipe.read = std::move(same);
    CHECK(is_open(second));
}

TEST_CASE("unique fd: one that was released stays open") {
    Pipe pipe = make_pipe();
    const int number = pipe.read.release();
    CHECK_FALSE(pipe.read);
    CHECK(is_open(number));
    UniqueFd(number).reset();
    CHECK_FALSE(is_open(number));
}

TEST_CASE("unique fd: pipes and duplicates close on exec, and a duplicate lives by itself") {
    Pipe pipe = make_pipe();
    CHECK(closes_on_exec(pipe.read));
    CHECK(closes_on_exec(pipe.write));
    const UniqueFd copy = pipe.write.duplicate();
    CHECK(closes_on_exec(copy));
    pipe.write.reset();
    CHECK(::write(copy.get(), "x", 1) == 1);
    CHECK_THROWS_AS(UniqueFd().duplicate(), Error);
}

TEST_CASE("unique fd: non-blocking is set and cleared") {
    const Pipe pipe = make_pipe();
    set_nonblocking(pipe.read, true);
    CHECK((::fcntl(pipe.read.get(), F_GETFL) & O_NONBLOCK) != 0);
    char byte = 0;
    CHECK(::read(pipe.read.get(), &byte, 1) < 0);
    set_nonblocking(pipe.read, false);
    CHECK((::fcntl(pipe.read.get(), F_GETFL) & O_NONBLOCK) == 0);
    CHECK_THROWS_AS(set_nonblocking(UniqueFd(), true), Error);
}
