// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/dns.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// Whatever asks, each answer to it fits into one small datagram.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace isag::gate::dns;
    const auto parsed = parse_query({reinterpret_cast<const char*>(data), size});
    if (!parsed) return 0;
    const Query& query = parsed->query;
    isag::fuzz::require(answer_address(query, 0xc6120001, 60).size() <= 512);
    isag::fuzz::require(answer_refused(query, ExtendedCode::prohibited, query.shown).size() <= 512);
    isag::fuzz::require(answer_error(query, parsed->reject.value_or(Code::refused)).size() <= 512);
    return 0;
}
