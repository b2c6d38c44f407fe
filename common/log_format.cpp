// SPDX-License-Identifier: Apache-2.0
#include "common/log_format.hpp"
#include "common/escape.hpp"
#include <spdlog/pattern_formatter.h>

namespace isag {
namespace {

constexpr std::size_t longest = 4096;

class SafeMessage : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        const std::string_view text(message.payload.data(), message.payload.size());
        const std::string safe = escape_controls(text.substr(0, longest)) + (text.size() > longest ? "…" : "");
        out.append(safe.data(), safe.data() + safe.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<SafeMessage>(); }
};

}  // namespace

std::unique_ptr<spdlog::formatter> log_format(const std::string& pattern) {
    auto out = std::make_unique<spdlog::pattern_formatter>();
    out->add_flag<SafeMessage>('*').set_pattern(pattern);
    return out;
}

}  // namespace isag
