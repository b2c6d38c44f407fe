// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <termios.h>

namespace isag {

// Holds a terminal in raw mode and gives back what it was, whatever happens.
class RawMode {
public:
    // Throws Error where fd is no terminal.
    explicit RawMode(int fd);
    RawMode(const RawMode&) = delete;
    ~RawMode() { leave(); }

    // Both may be called again and again (a stopped client gives the terminal to its shell in between).
    void enter();
    void leave();
    bool active() const { return raw_; }

private:
    int fd_;
    termios before_{};
    bool raw_ = false;
};

}  // namespace isag
