// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace isag::terminal {

// Passes output on in small pieces and without a cut character (UTF-8), which libvterm does not take: the beginning of
// one waits for its rest.
class WholeCharacters {
public:
    using Sink = std::function<void(std::string_view)>;
    explicit WholeCharacters(Sink sink) : sink_(std::move(sink)) {}

    void write(std::string_view bytes);
    // A beginning waits.
    bool waits() const { return !cut_.empty(); }
    // Takes that out and puts it back, for who writes something of his own between.
    std::string take_cut();
    void put_back(std::string cut) { cut_ = std::move(cut); }

private:
    Sink sink_;
    std::string cut_;
};

}  // namespace isag::terminal
