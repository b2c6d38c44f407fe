// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/dns.hpp"
#include "common/escape.hpp"
#include "daemon/gate/cursor.hpp"
#include "daemon/gate/dns_wire.hpp"
#include "daemon/gate/name.hpp"
#include <algorithm>

namespace isag::gate::dns {
namespace {

constexpr std::uint32_t type_opt = 41;
constexpr std::size_t max_wire_name = 255;
constexpr std::size_t head_size = 12;
constexpr std::uint16_t our_udp_size = 1232;    // DNS flag day 2020
constexpr std::uint16_t option_extended = 15;   // RFC 8914, 2
constexpr std::size_t max_extended_text = 128;  // so that every answer fits into 512 bytes

// A name without compression: queries have nothing before it to point to. Its text, labels joined by dots.
std::optional<std::string> take_name(Cursor& cursor) {
    std::string text;
    bool dotted_label = false;
    for (std::size_t wire = 0; wire < max_wire_name;) {
        const auto length = cursor.integer(1);
        if (!length || *length > 63) return std::nullopt;
        if (*length == 0) return dotted_label ? "\\." + text : text;
        const auto label = cursor.take(*length);
        if (!label) return std::nullopt;
        wire += 1 + *length;
        // A dot inside a label would read as two labels: what it makes is no host name.
        dotted_label = dotted_label || label->find('.') != std::string_view::npos;
        text += (text.empty() ? "" : ".") + std::string(*label);
    }
    return std::nullopt;
}

// The OPT record among the additional ones, which in a query stand behind the question (RFC 6891, 6.1).
void take_additional(Cursor& cursor, std::uint32_t records, Query& query) {
    for (std::uint32_t i = 0; i < records; ++i) {
        const auto name = take_name(cursor);
        const auto type = cursor.integer(2);
        const auto size = cursor.integer(2);
        const auto rest = cursor.integer(4);
        const auto data = cursor.vector(2);
        if (!name || !type || !size || !rest || !data) return;
        if (*type != type_opt || !name->empty()) continue;
        query.extended = true;
        query.max_answer = std::clamp<std::size_t>(*size, 512, our_udp_size);
    }
}

std::string head(const Query& query, Code code, std::uint32_t answers, bool extended) {
    std::string out;
    put16(out, query.id);
    std::uint32_t flags = flag_response | flag_authoritative | flag_recursion_available;
    if (query.recursion_desired) flags |= flag_recursion_desired;
    put16(out, flags | static_cast<std::uint32_t>(code));
    put16(out, query.question.empty() ? 0 : 1);
    put16(out, answers);
    put16(out, 0);
    put16(out, extended ? 1 : 0);
    return out + query.question;
}

void put_opt(std::string& out, std::string_view options) {
    out += '\0';
    put16(out, type_opt);
    put16(out, our_udp_size);
    put32(out, 0);
    put16(out, static_cast<std::uint32_t>(options.size()));
    out += options;
}

}  // namespace

Result<ParsedQuery> parse_query(std::string_view packet) {
    Cursor cursor(packet);
    ParsedQuery out;
    const auto id = cursor.integer(2);
    const auto flags = cursor.integer(2);
    const auto questions = cursor.integer(2);
    const auto answers = cursor.integer(2);
    const auto authorities = cursor.integer(2);
    const auto additional = cursor.integer(2);
    if (!additional) return Failure{"a DNS message is cut off"};
    if ((*flags & flag_response) != 0) return Failure{"a DNS answer where a query was due"};
    out.query.id = static_cast<std::uint16_t>(*id);
    out.query.recursion_desired = (*flags & flag_recursion_desired) != 0;
    if ((*flags & opcode_mask) != 0) return out.reject = Code::not_implemented, out;
    if (*questions != 1 || *answers != 0 || *authorities != 0) return out.reject = Code::format_error, out;

    const auto name = take_name(cursor);
    const auto type = cursor.integer(2);
    const auto question_class = cursor.integer(2);
    if (!name || !type || !question_class) return out.reject = Code::format_error, out;
    out.query.question = packet.substr(head_size, packet.size() - head_size - cursor.size());
    out.query.type = static_cast<std::uint16_t>(*type);
    out.query.question_class = static_cast<std::uint16_t>(*question_class);
    out.query.shown = escape_controls(*name);
    if (auto normal = normalize_name(*name)) out.query.name = std::move(*normal);
    take_additional(cursor, *additional, out.query);
    return out;
}

std::string answer_address(const Query& query, std::uint32_t address, std::uint32_t time_to_live) {
    std::string out = head(query, Code::no_error, 1, query.extended);
    put16(out, 0xc000 | head_size);  // the name: a pointer to the question's
    put16(out, type_a);
    put16(out, class_in);
    put32(out, time_to_live);
    put16(out, 4);
    put32(out, address);
    if (query.extended) put_opt(out, {});
    return out;
}

std::string answer_no_data(const Query& query) { return answer_error(query, Code::no_error); }

std::string answer_error(const Query& query, Code code) {
    std::string out = head(query, code, 0, query.extended);
    if (query.extended) put_opt(out, {});
    return out;
}

std::string answer_refused(const Query& query, ExtendedCode code, std::string_view why) {
    if (!query.extended) return answer_error(query, Code::name_error);
    const std::string_view text = why.substr(0, max_extended_text);
    std::string option;
    put16(option, option_extended);
    put16(option, static_cast<std::uint32_t>(2 + text.size()));
    put16(option, static_cast<std::uint32_t>(code));
    option += text;
    std::string out = head(query, Code::name_error, 0, true);
    put_opt(out, option);
    return out;
}

}  // namespace isag::gate::dns
