// SPDX-License-Identifier: Apache-2.0
#include "client/detach_option.hpp"
#include "client/detach_keys.hpp"

namespace isag {

Option detach_keys_option() {
    return {.name = "detach-keys",
            .value = "KEYS",
            .help = "the keys that leave the sandbox, as ctrl-p,ctrl-q (the default); '' for none"};
}

void take_detach_keys(const Arguments& arguments, proto::Session& session) {
    if (const auto keys = arguments.find("detach-keys")) session.detach_keys = *keys;
    const DetachKeys checked(session.detach_keys);
}

}  // namespace isag
