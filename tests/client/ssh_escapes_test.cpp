// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_escapes.hpp"
#include <doctest/doctest.h>
#include <string>

namespace isag {
namespace {

struct Typed {
    std::string sent;
    SshEscapes::Wish wish;
};

Typed type_in_two(std::string_view keys, std::size_t cut) {
    SshEscapes escapes;
    Typed out{"", escapes.take(keys.substr(0, cut), out.sent)};
    if (out.wish == SshEscapes::Wish::none) out.wish = escapes.take(keys.substr(cut), out.sent);
    return out;
}

}  // namespace

TEST_CASE("ssh's escapes count at the beginning of a line alone, wherever the keys are cut") {
    using Wish = SshEscapes::Wish;
    const struct {
        std::string keys, sent;
        Wish wish;
    } table[] = {
        {"~.", "", Wish::leave},
        {"ls\r~.more", "ls\r", Wish::leave},
        {"ls\n~.", "ls\n", Wish::leave},
        {"a~.", "a~.", Wish::none},
        {"~~.", "~.", Wish::none},
        {"~~\r~.", "~\r", Wish::leave},
        {"~x~.", "~x~.", Wish::none},
        {"~?", "", Wish::help},
        {"\r~\r~.", "\r~\r", Wish::leave},
        {"cd ~\r", "cd ~\r", Wish::none},
        {"~/bin\r", "~/bin\r", Wish::none},
    };
    for (const auto& row : table) {
        for (std::size_t cut = 0; cut <= row.keys.size(); ++cut) {
            CAPTURE(row.keys);
            CAPTURE(cut);
            const auto typed = type_in_two(row.keys, cut);
            CHECK(typed.sent == row.sent);
            CHECK(typed.wish == row.wish);
        }
    }
}

}  // namespace isag
