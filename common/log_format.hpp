// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <spdlog/formatter.h>
#include <string>

namespace isag {

// For spdlog's sinks: the pattern, in which %* is the message, made safe by escape_controls() and cut at 4 KiB. A
// message may repeat what a sandbox sent: that is not to reach a terminal, to look like another line, or to fill the
// disk.
std::unique_ptr<spdlog::formatter> log_format(const std::string& pattern);

}  // namespace isag
