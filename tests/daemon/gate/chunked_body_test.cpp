// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/chunked_body.hpp"
#include <doctest/doctest.h>

using isag::gate::ChunkedBody;
using State = ChunkedBody::State;

namespace {

const std::string whole =
    "5;name=\"v\"\r\nhello\r\n00b \t;x\r\n, world\r\n\r\n\r\n0;last\r\nTrailer: x\r\nOther: y\r\n\r\n";
const std::string anew = "5\r\nhello\r\nb\r\n, world\r\n\r\n\r\n0\r\n\r\n";

State state_of(const std::string& bytes) {
    ChunkedBody body;
    std::string out;
    return body.feed(bytes, out);
}

}  // namespace

TEST_CASE("chunked body: split at every byte it is written anew to its end, and what follows is left out") {
    const std::string bytes = whole + "GET /evil HTTP/1.1\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        CAPTURE(cut);
        ChunkedBody body;
        std::string out;
        CHECK(body.feed(bytes.substr(0, cut), out) == (cut < whole.size() ? State::more : State::done));
        CHECK(body.feed(bytes.substr(cut), out) == State::done);
        CHECK(out == anew);
    }
}

TEST_CASE("chunked body: whatever could be read in two ways is refused") {
    for (const std::string bytes : {"\r\n",
                                    "x\r\n",
                                    "-1\r\n",
                                    "+1\r\n",
                                    " 1\r\n",
                                    "0x1\r\n",
                                    "1 \r\n",
                                    "1 2\r\n",
                                    "1\n",
                                    "1\rx",
                                    "1;a\nb\r\n",
                                    "1;a\rb\r\n",
                                    "1\r\nab\r\n",
                                    "1\r\na\n0\r\n\r\n",
                                    "1\r\na0\r\n\r\n",
                                    "0\r\n\n",
                                    "0\r\nA: b\n\r\n",
                                    ";a\r\n",
                                    "1000000000000000\r\n",
                                    "0000000000000001\r\n",
                                    "fffffffffffffffff\r\n"}) {
        CAPTURE(bytes);
        CHECK(state_of(bytes) == State::refused);
    }
    CHECK(state_of(std::string("1;\0\r\n", 5)) == State::refused);
    CHECK(state_of("fffffffffffffff\r\n") == State::more);
}

TEST_CASE("chunked body: endless lines and trailers are refused") {
    CHECK(state_of("1;" + std::string(ChunkedBody::max_line, 'x')) == State::refused);
    std::string trailers = "0\r\n";
    for (int i = 0; i < 20; ++i) trailers += "X: " + std::string(4000, 'x') + "\r\n";
    CHECK(state_of(trailers) == State::refused);
}
