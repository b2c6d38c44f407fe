// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace isag::terminal {

// What writes each line of a screen. The pen is the usual one before each and behind it.
class PaintedScreen {
public:
    PaintedScreen() = default;
    explicit PaintedScreen(std::vector<std::string> lines) : lines_(std::move(lines)) {}
    void clear() { lines_.clear(); }

    // What writes them from the cursor on, at the left edge, where nothing is shown.
    std::string text() const;
    // What writes them over all that a terminal shows that has so many rows and is in its usual modes. Nothing scrolls,
    // and it is not erased as a whole, which many terminals take for a reason to keep it among what has scrolled off:
    // at each call once more.
    std::string over(int rows) const;

private:
    std::vector<std::string> lines_;
};

}  // namespace isag::terminal
