// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/edit_domains.hpp"
#include "daemon/config/load.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// The isag.yaml of a repository that somebody cloned. What loads is the same after it was written out, and an entry
// added to its list leaves it a file that loads.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace isag::config;
    using isag::fuzz::require;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const isag::Environment environment{{"HOME", "/home/person"}};
    const std::filesystem::path file = "/home/person/project/isag.yaml";
    const auto loaded = parse(text, file, environment);
    if (!loaded.findings.empty()) return 0;
    const auto written = to_yaml(loaded.config);
    const auto again = parse(written, file, environment);
    require(again.findings.empty() && to_yaml(again.config) == written);
    require(to_json(again.config) == to_json(loaded.config));
    if (const auto edited = add_domains(text, {{.name = "added.example"}}, file, environment))
        require(parse(*edited, file, environment).findings.empty());
    return 0;
}
