// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/terminal_filter.hpp"
#include <doctest/doctest.h>
#include <string>
#include <string_view>
#include <vector>

namespace isag {

// What of these pieces a terminal gets, to the end of the session.
inline std::string filtered_pieces(const std::vector<std::string_view>& pieces, Clipboard clipboard = Clipboard::deny) {
    TerminalFilter filter(clipboard);
    std::string out;
    for (const auto piece : pieces) filter.feed(piece, out);
    return out + filter.finish();
}

// The same of output that comes at once, in two pieces cut anywhere, and byte by byte, all of which must agree. What is
// written must not be longer, and must pass unchanged a second time.
inline std::string filtered(std::string_view output, Clipboard clipboard = Clipboard::deny) {
    const std::string whole = filtered_pieces({output}, clipboard);
    for (std::size_t cut = 1; cut < output.size(); ++cut) {
        CAPTURE(cut);
        CHECK(filtered_pieces({output.substr(0, cut), output.substr(cut)}, clipboard) == whole);
    }
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < output.size(); ++i) bytes.push_back(output.substr(i, 1));
    CHECK(filtered_pieces(bytes, clipboard) == whole);
    CHECK(whole.size() <= output.size());
    CHECK(filtered_pieces({whole, "."}, clipboard) == whole + ".");
    return whole;
}

}  // namespace isag
