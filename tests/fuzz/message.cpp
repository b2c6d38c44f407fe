// SPDX-License-Identifier: Apache-2.0
#include "proto/message.hpp"
#include "proto/api.hpp"
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

// What a client or an init may send: read as the envelope, and its payload as a type with all kinds of fields.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = isag::proto::parse_message({reinterpret_cast<const char*>(data), size});
    if (!message) return 0;
    (void)isag::proto::from_json<isag::proto::RunRequest>(*message->payload, "run");
    return 0;
}
