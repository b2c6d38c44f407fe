// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// DNS messages as the gate's server reads and writes them (RFC 1035, RFC 6891, RFC 8914). Pure.
namespace isag::gate::dns {

inline constexpr std::uint16_t type_a = 1;
inline constexpr std::uint16_t type_cname = 5;
inline constexpr std::uint16_t type_aaaa = 28;
inline constexpr std::uint16_t class_in = 1;

enum class Code : std::uint8_t {
    no_error = 0,
    format_error = 1,
    server_failure = 2,
    name_error = 3,
    not_implemented = 4,
    refused = 5,
};

// Extended errors (RFC 8914, 4), and their text for a person.
enum class ExtendedCode : std::uint16_t { blocked = 15, prohibited = 18 };

struct Query {
    std::uint16_t id = 0;
    bool recursion_desired = false;
    std::string question;  // the question section as it came, to be sent back
    std::string name;      // normalized; empty where the name is no host name
    std::string shown;     // the name for a log: escaped
    std::uint16_t type = 0;
    std::uint16_t question_class = 0;
    bool extended = false;         // it came with EDNS: the answer may too
    std::size_t max_answer = 512;  // bytes over udp
};

// A query with exactly one question. A failure means that no answer can be made: not a query, or cut off. A query that
// can be answered with an error only (two questions, another opcode) is one with `reject` set.
struct ParsedQuery {
    Query query;
    std::optional<Code> reject;
};
Result<ParsedQuery> parse_query(std::string_view packet);

// The answers; each fits into 512 bytes. `time_to_live` in seconds, `address` in host order.
std::string answer_address(const Query& query, std::uint32_t address, std::uint32_t time_to_live);
std::string answer_no_data(const Query& query);
std::string answer_error(const Query& query, Code code);
// NXDOMAIN, and not REFUSED: to that musl's resolver does not listen, and waits five seconds. Without an SOA record
// nobody keeps it (RFC 2308, 5).
std::string answer_refused(const Query& query, ExtendedCode code, std::string_view why);

}  // namespace isag::gate::dns
