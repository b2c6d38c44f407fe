// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "client/signals.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "proto/api.hpp"
#include "proto/fields.hpp"
#include "proto/wire.hpp"
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace isag {

// What may happen while a call waits for its reply.
struct CallOptions {
    std::function<void(const proto::Message&)> on_notification = {};
    Signals* signals = nullptr;            // one of these throws Interrupted
    std::vector<UniqueFd>* fds = nullptr;  // takes the reply's descriptors
};

// isagd went away before it answered. The advice names its log.
struct DaemonGone : Error {
    DaemonGone();
};

// What isagd answered to our Hello. Throws Error where it speaks another protocol than we do.
proto::Hello check_hello(const nlohmann::json& answer, long daemon_pid);

// A connection to this user's isagd, the handshake done. What the daemon answers with an error is thrown as that Error;
// a daemon that goes away is a DaemonGone.
class Connection {
public:
    // Starts a daemon where none answers.
    static Connection open(const Context& context);
    // Nothing where none answers.
    static std::optional<Connection> open_running(const Context& context);

    // The version that the daemon said in the handshake.
    const std::string& daemon_version() const { return daemon_version_; }

    // One request and its reply.
    template <class Reply, class Request>
    Reply call(const std::string& method, const Request& request, const CallOptions& options = {}) {
        const proto::Incoming incoming = exchange(method, proto::to_json(request), options);
        return proto::from_json<Reply>(*incoming.message.payload, method).value();
    }

    // The next message, waited for. Throws as next().
    proto::Incoming receive();

    // For a session's own poll(2) loop:
    int socket() const { return socket_.get(); }
    short wanted_events() const;
    // Reads and writes what is possible without waiting.
    void advance();
    // The next message that was read. Throws DaemonGone, or Error where the daemon breaks the rules.
    std::optional<proto::Incoming> next();
    template <class T>
    void notify(const std::string& method, const T& message) {
        send_notification(method, proto::to_json(message));
    }

private:
    explicit Connection(UniqueFd socket);
    void greet();
    proto::Incoming exchange(const std::string& method, const nlohmann::json& params, const CallOptions& options);
    void send_notification(const std::string& method, const nlohmann::json& params);
    void wait(Signals* signals);

    UniqueFd socket_;
    proto::Wire wire_;
    std::int64_t last_id_ = 0;
    bool ended_ = false;  // nothing more will arrive
    long daemon_pid_ = 0;
    std::string daemon_version_;
};

// Calls work(connection), and again with the next isagd where one goes away in the middle: for what may be asked twice.
// A third one that goes away is thrown.
template <class Work>
auto ask(const Context& context, Work work) {
    for (int left = 2;; --left) {
        Connection connection = Connection::open(context);
        try {
            return work(connection);
        } catch (const DaemonGone&) {
            if (left == 0) throw;
        }
    }
}

}  // namespace isag
