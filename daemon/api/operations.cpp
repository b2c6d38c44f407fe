// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/operations.hpp"
#include <algorithm>
#include <array>

namespace isag::api {
namespace {

struct Row {
    std::string_view method;
    Operation operation;
};

constexpr std::array<Row, 8> table{{
    // sorted
    {"build", build},
    {"config.check", config_check},
    {"config.show", config_show},
    {"config.template", config_template},
    {"hello", hello},
    {"ps", ps},
    {"run", run},
    {"stop", stop},
}};
static_assert(std::is_sorted(table.begin(), table.end(),
                             [](const Row& a, const Row& b) { return a.method < b.method; }));

}  // namespace

Operation find_operation(std::string_view method) {
    const auto row = std::lower_bound(table.begin(), table.end(), method,
                                      [](const Row& a, std::string_view wanted) { return a.method < wanted; });
    return row != table.end() && row->method == method ? row->operation : nullptr;
}

}  // namespace isag::api
