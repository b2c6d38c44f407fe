// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag {

// The title that a program gives to a terminal, and the stack it saves titles on (ncurses does at the beginning of each
// full-screen program): kept back while something else stands there, and put back after that. No I/O.
class ProgramTitle {
public:
    // A whole sequence of the program's, without the BEL or ST that ends a string. True where it is to be kept back.
    // The name of the window's icon never is.
    bool take(std::string_view sequence);
    // What shows that text instead, from now on.
    std::string replace(std::string_view text);
    // What shows the program's title again, or `otherwise` where it never set one.
    std::string put_back(std::string_view otherwise);

private:
    using Title = std::optional<std::string>;
    void push();
    void pop();

    Title title_;
    std::vector<Title> stack_;
    bool kept_back_ = false;
    bool is_icon_name_too_ = false;  // of a title kept back
    std::size_t saved_ = 0;          // so many at the stack's bottom are on the terminal's too
    std::size_t pops_ = 0;           // the terminal has so many above these that were taken off meanwhile
};

}  // namespace isag
