// SPDX-License-Identifier: Apache-2.0
#include "client/ports_table.hpp"
#include "client/columns.hpp"
#include "common/escape.hpp"
#include <algorithm>

namespace isag {
namespace {

using Row = std::vector<std::string>;

// Does a connection to that end arrive at the listener?
bool arrives_at(const proto::Endpoint& end, const proto::Listener& listener) {
    if (!end.path.empty() || end.port != listener.port) return false;
    const bool everywhere = listener.address == "0.0.0.0" || listener.address == "::";
    const bool loopback = listener.address == "127.0.0.1" || listener.address == "::1";
    if (end.host.empty() || end.host == "localhost") return everywhere || loopback;
    return everywhere || end.host == listener.address;
}

std::string from_of(const proto::Forward& forward, const char* how) {
    return endpoint_text(forward.listen) + " (" + how + ")";
}

// Would it be among the listeners if somebody listened?
bool is_in_the_sandbox(const proto::Endpoint& end) {
    const auto& host = end.host;
    return end.path.empty() && (host.empty() || host == "localhost" || host == "127.0.0.1" || host == "::1");
}

// "remote" leads out of the sandbox, the others into it.
bool leads_in(const proto::Forward& forward) { return forward.kind == "local"; }

std::string direction_of(const proto::Forward& forward) {
    if (forward.kind == "dynamic") return "wherever it is asked to, by SOCKS";
    if (leads_in(forward)) return endpoint_text(forward.to);
    return "this machine's " + endpoint_text(forward.to);
}

class PortRows {
public:
    explicit PortRows(const proto::Ports& ports)
        : ports_(ports), used_(ports.published.size() + ports.forwards.size()) {}

    void add_to(std::vector<Row>& rows) {
        for (const auto& listener : ports_.listeners) {
            const proto::Endpoint at{listener.address, listener.port, {}};
            rows.push_back({name(), endpoint_text(at), escape_controls(listener.program), sources_of(listener)});
        }
        for (std::size_t i = 0; i < used_.size(); ++i) {
            if (used_[i]) continue;
            const auto& forward = forward_at(i);
            const bool out = forward.kind == "remote";
            const std::string in = leads_in(forward) ? inner_end(forward) : "";
            rows.push_back({name(), out ? endpoint_text(forward.listen) : in, out ? "isag ssh" : "",
                            out ? "to " + direction_of(forward)
                                : "from " + from_of(forward, how(i)) +
                                      (forward.kind == "dynamic" ? " to " + direction_of(forward) : "")});
        }
    }

private:
    std::string name() const { return escape_controls(ports_.name); }
    bool is_published(std::size_t i) const { return i < ports_.published.size(); }
    // By whom, and whether it works.
    const char* how(std::size_t i) const {
        if (!is_published(i)) return "isag ssh";
        const bool waits = std::any_of(ports_.waiting.begin(), ports_.waiting.end(),
                                       [&](const auto& other) { return other.listen == forward_at(i).listen; });
        return waits ? "run -p, once another program frees it" : "run -p";
    }
    const proto::Forward& forward_at(std::size_t i) const {
        return is_published(i) ? ports_.published[i] : ports_.forwards[i - ports_.published.size()];
    }
    static std::string inner_end(const proto::Forward& forward) {
        return direction_of(forward) + (is_in_the_sandbox(forward.to) ? " (nobody listens)" : "");
    }
    std::string sources_of(const proto::Listener& listener) {
        std::string out;
        for (std::size_t i = 0; i < used_.size(); ++i) {
            const auto& forward = forward_at(i);
            if (!leads_in(forward) || !arrives_at(forward.to, listener)) continue;
            used_[i] = true;
            out += (out.empty() ? "from " : ", ") + from_of(forward, how(i));
        }
        return out;
    }

    const proto::Ports& ports_;
    std::vector<bool> used_;  // shown beside a listener
};

}  // namespace

std::string endpoint_text(const proto::Endpoint& end) {
    if (!end.path.empty()) return escape_controls(end.path);
    const std::string host = end.host.empty() ? "localhost" : escape_controls(end.host);
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(end.port);
}

std::string ports_table(const std::vector<proto::Ports>& sandboxes) {
    std::vector<Row> rows{{"SANDBOX", "LISTENS", "PROGRAM", "FORWARDED"}};
    for (const auto& ports : sandboxes) PortRows(ports).add_to(rows);
    return columns(rows);
}

}  // namespace isag
