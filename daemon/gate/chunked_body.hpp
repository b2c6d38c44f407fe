// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace isag::gate {

// Follows a chunked body (RFC 9112, 7.1) as it arrives, in whatever pieces, to its very end. What goes on is written
// anew from what was understood: extensions and trailer fields, which servers may pass over (7.1.1, 7.1.2), are left
// out, since they are where two readers see different ends.
class ChunkedBody {
public:
    static constexpr std::size_t max_line = 4096;
    static constexpr std::size_t max_trailers = 64 << 10;
    enum class State { more, done, refused };

    // Adds to `out` what goes on. Behind the end all is passed over.
    State feed(std::string_view bytes, std::string& out);
    State state() const { return state_; }
    // One line for a person; where refused.
    static constexpr std::string_view why = "the request's chunks are malformed";

private:
    enum class Part { size, data, after_data, trailers };

    void take_data(std::string_view& bytes, std::string& out);
    void take_byte(char c, std::string& out);
    void take_line(std::string& out);
    bool take_size();

    State state_ = State::more;
    Part part_ = Part::size;
    std::string line_;  // without its CR LF
    bool carriage_return_ = false;
    std::uint64_t left_ = 0;  // of a chunk's data
    std::size_t trailers_ = 0;
};

}  // namespace isag::gate
