// SPDX-License-Identifier: Apache-2.0
#include "client/terminal_filter.hpp"
#include "tests/fuzz/require.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using isag::fuzz::require;

std::string filtered(std::string_view first, std::string_view second, isag::Clipboard clipboard) {
    isag::TerminalFilter filter(clipboard);
    std::string out;
    filter.feed(first, out);
    filter.feed(second, out);
    return out + filter.finish();
}

constexpr std::string_view until_final = "0123456789:;<=>?!\"#$%&'()*+,-./ ";

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

void check_control(std::string_view body) {
    const auto end = body.find_first_not_of(until_final);
    require(end != body.npos && body[end] >= 0x40 && body[end] < 0x7f);
    const char final = body[end];
    require(final != 'i' && final != 'y');
    if (final != 't') return;
    body.remove_prefix(std::min(body.find_first_not_of('0'), end));
    const auto number = body.substr(0, body.find_first_not_of("0123456789"));
    require(number != "20" && number != "21");
}

// Of a string, up to the ESC or BEL that ends it.
void check_string(char kind, std::string_view body, isag::Clipboard clipboard) {
    for (const char c : body) require((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\r' || c == '\n');
    require(kind != '^' && kind != 'X');
    if (kind == '_') {
        const auto head = body.substr(0, body.find(';'));
        require(head.starts_with('G') && !has(head, "t=f") && !has(head, "t=t") && !has(head, "t=s"));
    } else if (kind == 'P') {
        const auto final = body.find_first_not_of(until_final);
        require(final != body.npos && (body[final] == 'q' || body[final] == 's' || body[final] == 'z'));
    } else if (kind == ']') {
        const auto number = body.substr(0, body.find(';'));
        for (const auto* const bad : {"3", "7", "21", "46", "50", "633", "1337", "5113", "5522"})
            require(number != bad);
        require(number != "52" || (clipboard == isag::Clipboard::allow && !has(body, "?")));
        if (number != "8" || body.size() < 3) return;
        const auto address = body.substr(std::min(body.find(';', 2), body.size() - 1) + 1);
        require(address.empty() || address[0] == 'h' || address[0] == 'H' || address[0] == 'm' || address[0] == 'M');
    }
}

// Finds sequences by their introducers alone, in another way than the filter.
void check_sequences(std::string_view out, isag::Clipboard clipboard) {
    for (std::size_t at = out.find('\x1b'); at != out.npos; at = out.find('\x1b', at + 1)) {
        require(at + 1 < out.size());
        const char kind = out[at + 1];
        const std::string_view body = out.substr(at + 2);
        if (kind == '[') check_control(body);
        if (kind != ']' && kind != 'P' && kind != '_' && kind != '^' && kind != 'X') continue;
        const auto end = body.find_first_of("\x1b\a");
        require(end != body.npos && (body[end] == '\a' || body.substr(end).starts_with("\x1b\\")));
        check_string(kind, body.substr(0, end), clipboard);
    }
}

void check_bytes(std::string_view out) {
    require(!has(out, "\x05"));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto byte = static_cast<unsigned char>(out[i]);
        if (byte < 0x80 || byte >= 0xa0) continue;
        require(i > 0 && static_cast<unsigned char>(out[i - 1]) >= 0x80 && out[i - 1] != '\xc2');
    }
}

}  // namespace

// The first bytes say where the rest is split and what may be written to the clipboard. Both ways give the same, not
// longer than what came, without anything that a terminal should not see, and unchanged by another filter.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
    const std::size_t cut = bytes.empty() ? 0 : (data[0] * 256U + data[1]) % bytes.size();
    const auto clipboard = static_cast<isag::Clipboard>(data[2] % 3);
    const std::string out = filtered(bytes, {}, clipboard);
    require(out == filtered(bytes.substr(0, cut), bytes.substr(cut), clipboard));
    require(out.size() <= bytes.size());
    check_bytes(out);
    check_sequences(out, clipboard);
    require(filtered(out, ".", clipboard) == out + ".");
    return 0;
}
