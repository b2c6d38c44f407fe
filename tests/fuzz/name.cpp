// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/name.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// A normal form is one: normalizing it again changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto name = isag::gate::normalize_name({reinterpret_cast<const char*>(data), size});
    if (!name) return 0;
    isag::fuzz::require(isag::gate::normalize_name(*name).value() == *name);
    isag::fuzz::require(name->find('\0') == std::string::npos && name->size() <= 253);
    return 0;
}
