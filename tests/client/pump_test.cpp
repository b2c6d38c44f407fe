// SPDX-License-Identifier: Apache-2.0
#include "client/pump.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <fcntl.h>

namespace isag {
namespace {

int size_of(const UniqueFd& pipe) { return ::fcntl(pipe.get(), F_GETPIPE_SZ); }

}  // namespace

TEST_CASE("a pump grows the pipes that it moves between, the person's too, and shrinks none") {
    const Pipe from = make_pipe(), to = make_pipe();
    ::fcntl(to.write.get(), F_SETPIPE_SZ, 4 << 20);  // root alone may
    const int before = size_of(to.write);
    const Pump pump(borrowed(from.read.get()), borrowed(to.write.get()));
    CHECK(size_of(from.read) == 1 << 20);
    CHECK(size_of(to.write) == std::max(before, 1 << 20));
}

}  // namespace isag
