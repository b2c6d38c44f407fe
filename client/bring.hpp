// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/connection.hpp"
#include "common/error.hpp"
#include <string>
#include <utility>
#include <vector>

namespace isag {

template <class Reply>
struct Brought {
    Reply reply;
    UniqueFd fd;
};

// A request whose reply brings one descriptor. Throws as ask(), and Error where it is not one.
template <class Reply, class Request>
Brought<Reply> bring(const Context& context, const std::string& method, const Request& request) {
    return ask(context, [&](Connection& isagd) {
        std::vector<UniqueFd> fds;
        CallOptions options;
        options.fds = &fds;
        Brought<Reply> out{isagd.call<Reply>(method, request, options), UniqueFd()};
        if (fds.size() != 1)
            throw Error("isagd sent " + std::to_string(fds.size()) + " descriptors", "restart it: is it an old one?");
        out.fd = std::move(fds[0]);
        return out;
    });
}

}  // namespace isag
