// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/fields.hpp"
#include <cstdint>
#include <string>

namespace isag::proto {

// One end of a connection: a TCP port of a host, or a unix(7) socket.
struct Endpoint {
    std::string host;       // a name or an address; empty: loopback
    std::int64_t port = 0;  // to listen at 0 is to get any
    std::string path;       // of a unix socket, absolute: then there is neither host nor port
    bool operator==(const Endpoint&) const = default;
};
template <class F>
void fields(F& f, Endpoint& m) {
    f("host", m.host);
    f("port", m.port);
    f("path", m.path);
}

// What leads from one end to another.
struct Forward {
    // "local": `listen` is on the host; "remote": in the sandbox; "dynamic": on the host, `to` is empty
    std::string kind;
    Endpoint listen;
    Endpoint to;
};
template <class F>
void fields(F& f, Forward& m) {
    f("kind", m.kind);
    f("listen", m.listen);
    f("to", m.to);
}

}  // namespace isag::proto
