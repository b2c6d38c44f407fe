// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/chunked_body.hpp"
#include <algorithm>
#include <charconv>
#include <cstdio>

namespace isag::gate {
namespace {

constexpr std::size_t most_digits = 15;  // what every server can count

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_wrong(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

}  // namespace

ChunkedBody::State ChunkedBody::feed(std::string_view bytes, std::string& out) {
    while (!bytes.empty() && state_ == State::more) {
        if (part_ == Part::data) {
            take_data(bytes, out);
        } else {
            take_byte(bytes.front(), out);
            bytes.remove_prefix(1);
        }
    }
    return state_;
}

void ChunkedBody::take_data(std::string_view& bytes, std::string& out) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    out += bytes.substr(0, size);
    bytes.remove_prefix(size);
    left_ -= size;
    if (left_ == 0) part_ = Part::after_data;
}

void ChunkedBody::take_byte(char c, std::string& out) {
    if (carriage_return_) {
        carriage_return_ = false;
        if (c != '\n') return void(state_ = State::refused);
        take_line(out);
        line_.clear();
    } else if (c == '\r') {
        carriage_return_ = true;
    } else if (is_wrong(c) || part_ == Part::after_data || line_.size() >= max_line) {
        state_ = State::refused;
    } else {
        line_ += c;
    }
}

void ChunkedBody::take_line(std::string& out) {
    if (part_ == Part::after_data) {
        out += "\r\n";
        part_ = Part::size;
    } else if (part_ == Part::size) {
        if (!take_size()) return void(state_ = State::refused);
        char text[24];
        std::snprintf(text, sizeof text, "%llx\r\n", static_cast<unsigned long long>(left_));
        out += text;
        part_ = left_ == 0 ? Part::trailers : Part::data;
    } else if (line_.empty()) {
        out += "\r\n";
        state_ = State::done;
    } else if ((trailers_ += line_.size()) > max_trailers) {
        state_ = State::refused;
    }
}

bool ChunkedBody::take_size() {
    const std::string_view line = line_;
    const auto end = static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_hex_digit) - line.begin());
    if (end == 0 || end > most_digits) return false;
    std::from_chars(line.data(), line.data() + end, left_, 16);
    const auto rest = line.find_first_not_of(" \t", end);
    return end == line.size() || (rest != std::string_view::npos && line[rest] == ';');
}

}  // namespace isag::gate
