// SPDX-License-Identifier: Apache-2.0
#include "client/forward/limits.hpp"
#include "common/descriptor_limit.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <string>

namespace isag::forward {
namespace {

constexpr std::size_t other_descriptors = 128;
constexpr std::size_t descriptors_each = 2;  // of a connection: its sockets; of a pipe: its ends
constexpr std::size_t pipes_part = 4;        // of what there is
constexpr std::size_t sandbox_part = 4;

}  // namespace

Limits limits_for(std::size_t descriptors, bool from_host, bool from_sandbox) {
    const std::size_t possible =
        descriptors > other_descriptors ? (descriptors - other_descriptors) / descriptors_each : 0;
    Limits out;
    out.pipes = std::min(possible / pipes_part, Limits::most_connections);
    const std::size_t all = std::clamp<std::size_t>(possible - out.pipes, 2, Limits::most_connections);
    if (from_sandbox) out.from_sandbox = from_host ? std::max<std::size_t>(all / sandbox_part, 1) : all;
    if (from_host) out.from_host = all - out.from_sandbox;
    return out;
}

std::size_t descriptors_for_forwards() {
    const std::size_t descriptors = raise_descriptor_limit();
    if (descriptors <= other_descriptors)
        throw Error("forwards need more than " + std::to_string(other_descriptors) + " descriptors, and have " +
                        std::to_string(descriptors),
                    "raise the limit: ulimit -Hn 1024");
    return descriptors;
}

}  // namespace isag::forward
