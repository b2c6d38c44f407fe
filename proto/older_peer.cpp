// SPDX-License-Identifier: Apache-2.0
#include "proto/older_peer.hpp"

namespace isag::proto {

void throw_refusal(const Message& answer) {
    if (!answer.failure) return;
    const Error& refusal = *answer.failure;
    if (refusal.kind() == ErrorKind::usage && refusal.message().starts_with("unknown method"))
        throw Error("the sandbox was started by an older isag, which can't do this", "stop it, and start it again");
    throw Error(refusal);
}

}  // namespace isag::proto
