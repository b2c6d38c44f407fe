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

constexpr std::array<Row, 26> table{{
    // sorted
    {"attach", attach},
    {"build", build},
    {"config.check", config_check},
    {"config.show", config_show},
    {"config.template", config_template},
    {"connect", connect},
    {"events", events},
    {"exec", exec},
    {"forwards", forwards},
    {"hello", hello},
    {"listen", listen},
    {"logs", logs},
    {"net.change", net_change},
    {"net.check", net_check},
    {"net.log", net_log},
    {"net.show", net_show},
    {"ports", ports},
    {"ps", ps},
    {"resume", resume},
    {"run", run},
    {"sockets", sockets},
    {"ssh", ssh},
    {"ssh.config", ssh_config},
    {"stop", stop},
    {"unpause", unpause},
    {"wait", wait},
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
