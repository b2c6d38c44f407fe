// SPDX-License-Identifier: Apache-2.0
#include "proto/hello.hpp"
#include <nlohmann/json.hpp>

namespace isag::proto {
namespace {

std::string speaks(const char* program, const Hello& hello) {
    return std::string(program) + " " + hello.version + " speaks protocol " + std::to_string(hello.protocol);
}

}  // namespace

Result<Hello> read_hello(const nlohmann::json& payload) {
    nlohmann::json known = nlohmann::json::object();
    for (const char* key : {"protocol", "version"})
        if (payload.is_object() && payload.contains(key)) known[key] = payload[key];
    return from_json<Hello>(known, "hello");
}

std::optional<Error> disagreement(const Hello& isag, const Hello& isagd, long isagd_pid) {
    if (isag.protocol == isagd.protocol) return std::nullopt;
    const bool isagd_is_older = isagd.protocol < isag.protocol;
    return Error(speaks("isag", isag) + ", but the running " + speaks("isagd", isagd),
                 isagd_is_older
                     ? "restart isagd: systemctl --user restart isagd, or where it runs without systemd: kill " +
                           std::to_string(isagd_pid)
                     : "this isag is the older one: use the one that was installed with isagd ('type -a isag' "
                       "lists them)");
}

}  // namespace isag::proto
