// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "proto/api.hpp"
#include "proto/message.hpp"
#include <string>

namespace isag {

// One line for a terminal that is `columns` wide: the stage, a bar where the end is known, and the step's name.
std::string progress_bar(const proto::Progress& progress, std::size_t columns, bool colour);

// One line for everything else.
std::string progress_line(const proto::Progress& progress);

// Shows on stderr how far long work is. What it draws on a terminal is gone when it is.
class ProgressView {
public:
    explicit ProgressView(const Environment& environment);
    ProgressView(const ProgressView&) = delete;
    ~ProgressView() { clear(); }

    // Takes "progress" and "notice", leaves others.
    void handle(const proto::Message& message);
    void clear();

private:
    void show(const proto::Progress& progress);

    bool terminal_;
    bool colour_;
    bool drawn_ = false;
    std::string last_line_;
};

}  // namespace isag
