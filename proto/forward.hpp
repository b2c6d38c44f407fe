// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/endpoint.hpp"
#include "proto/net.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Connections into a sandbox and out of it: what isag ssh, proxy, ports and run -p are made of. README.md in this
// folder shows each as JSON.
namespace isag::proto {

// --- connect: -> ConnectReply with one descriptor, a stream socket that is connected to that end, in the sandbox ---
// A name is looked up inside, and the firewall decides as it does for the agent. A target that refuses is an error of
// kind not_found.

struct ConnectRequest {
    Target target;
    Endpoint to;
};
template <class F>
void fields(F& f, ConnectRequest& m) {
    f("target", m.target);
    f("to", m.to);
}

struct ConnectReply {
    std::string name;  // of the sandbox
};
template <class F>
void fields(F& f, ConnectReply& m) {
    f("name", m.name);
}

// --- sockets: -> SocketsReply with that many descriptors, TCP sockets of the sandbox over IPv4, not connected ---
// Whoever holds one connects it, as the agent would: to the sandbox's own loopback that costs isagd and the gate
// nothing.

struct SocketsRequest {
    Target target;
    std::int64_t count = 0;  // 1 to 8
};
template <class F>
void fields(F& f, SocketsRequest& m) {
    f("target", m.target);
    f("count", m.count);
}

struct SocketsReply {
    std::string name;  // of the sandbox
};
template <class F>
void fields(F& f, SocketsReply& m) {
    f("name", m.name);
}

// --- listen: -> ListenReply with a listening stream socket, or two (127.0.0.1 and ::1), in the sandbox ---
// Whoever holds them accepts; they close with it. `to` is where on the host its connections will lead: isagd refuses an
// engine's socket and its own (security.md D7).

struct ListenRequest {
    Target target;
    Endpoint at;
    Endpoint to;
};
template <class F>
void fields(F& f, ListenRequest& m) {
    f("target", m.target);
    f("at", m.at);
    f("to", m.to);
}

struct ListenReply {
    std::string name;
    std::int64_t port = 0;  // that it got
};
template <class F>
void fields(F& f, ListenReply& m) {
    f("name", m.name);
    f("port", m.port);
}

// --- forwards: -> ForwardsReply; "exited" once the sandbox has ended ---
// Says which ports this client forwards, for isag ports, as long as its connection lasts.

struct ForwardsRequest {
    Target target;
    std::vector<Forward> forwards;
};
template <class F>
void fields(F& f, ForwardsRequest& m) {
    f("target", m.target);
    f("forwards", m.forwards);
}

struct ForwardsReply {
    std::string name;
};
template <class F>
void fields(F& f, ForwardsReply& m) {
    f("name", m.name);
}

// --- ssh: -> SshReply with one descriptor, a stream socket to an sshd of its own in the sandbox ---
// An image without sshd is an error of kind not_found.

struct SshRequest {
    Target target;
};
template <class F>
void fields(F& f, SshRequest& m) {
    f("target", m.target);
}

struct SshReply {
    std::string name;
    std::string user;       // to log in as
    std::string artifacts;  // its ssh/ has the key to log in with, and the host key that must be shown
    std::string clipboard;  // as in Session (api.hpp)
};
template <class F>
void fields(F& f, SshReply& m) {
    f("name", m.name);
    f("user", m.user);
    f("artifacts", m.artifacts);
    f("clipboard", m.clipboard);
}

// --- ssh.config: Nothing -> SshConfigReply ---
// What ssh(1) needs to know of the sandboxes that run. isagd keeps `text` in `file`, for an Include of ssh_config(5).

struct SshHost {
    std::string host;  // "isag-NAME"
    std::string name;
    std::string user;
    std::string identity_file;
    std::string known_hosts_file;  // has the host key under `host`
    std::string directory;         // the project, inside
};
template <class F>
void fields(F& f, SshHost& m) {
    f("host", m.host);
    f("name", m.name);
    f("user", m.user);
    f("identity_file", m.identity_file);
    f("known_hosts_file", m.known_hosts_file);
    f("directory", m.directory);
}

struct SshConfigReply {
    std::string file;
    std::string text;
    std::vector<SshHost> hosts;
};
template <class F>
void fields(F& f, SshConfigReply& m) {
    f("file", m.file);
    f("text", m.text);
    f("hosts", m.hosts);
}

// --- ports: -> PortsReply ---

struct PortsRequest {
    std::optional<std::string> name;  // of one sandbox; none: all
};
template <class F>
void fields(F& f, PortsRequest& m) {
    f("name", m.name);
}

// A TCP socket that listens inside.
struct Listener {
    std::string address;  // "127.0.0.1", "::"
    std::int64_t port = 0;
    std::string program;  // what holds it, as ps(1) names it; empty where that can't be told
};
template <class F>
void fields(F& f, Listener& m) {
    f("address", m.address);
    f("port", m.port);
    f("program", m.program);
}

struct Ports {
    std::string name;  // of the sandbox
    std::vector<Listener> listeners;
    std::vector<Forward> forwards;   // by clients that are there now
    std::vector<Forward> published;  // by run -p, for the sandbox's whole life
    std::vector<Forward> waiting;    // those of them whose port another program has taken; isagd tries on
};
template <class F>
void fields(F& f, Ports& m) {
    f("name", m.name);
    f("listeners", m.listeners);
    f("forwards", m.forwards);
    f("published", m.published);
    f("waiting", m.waiting);
}

struct PortsReply {
    std::vector<Ports> sandboxes;
};
template <class F>
void fields(F& f, PortsReply& m) {
    f("sandboxes", m.sandboxes);
}

}  // namespace isag::proto
