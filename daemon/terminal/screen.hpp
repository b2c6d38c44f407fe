// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include <memory>
#include <string>
#include <string_view>

namespace isag::terminal {

// What a terminal shows that was given some output, kept by libvterm: cells, cursor, pen, modes, title, and the lines
// that have scrolled off the top. No I/O.
class Screen {
public:
    // Sizes beyond 1 to 1000 rows and 2 to 1000 columns are cut.
    explicit Screen(const proto::TerminalSize& size);
    ~Screen();
    Screen(Screen&&) noexcept;
    Screen& operator=(Screen&&) noexcept;

    // Takes output, which may be cut anywhere. Says what a terminal would answer to it: the cursor's position, its
    // attributes, and the like.
    std::string feed(std::string_view output);
    void resize(const proto::TerminalSize& size);
    proto::TerminalSize size() const;

    // No sequence or character is cut at the end of what it was fed: snapshot() knows of no beginning that waits.
    bool is_whole() const;

    // What makes a terminal of this size that is as it starts show the same as this one, be in the same modes, and have
    // the kept lines above. What it showed before scrolls off its top.
    std::string repaint() const;
    // The same for a new Screen of this size.
    std::string snapshot() const;
    // The same for a terminal that has shown some of the output: it is painted over, and nothing is added above.
    std::string refresh() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace isag::terminal
