// SPDX-License-Identifier: Apache-2.0
#include "client/image_build.hpp"
#include "client/connection.hpp"
#include "client/output.hpp"
#include "client/progress.hpp"
#include "client/ssh_keys.hpp"
#include "common/error.hpp"
#include <csignal>
#include <nlohmann/json.hpp>

namespace isag {

proto::BuildReply build_image(const Context& context, const proto::ConfigSource& config,
                              const proto::ImageOptions& options) {
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    Connection connection = Connection::open(context);
    proto::BuildRequest request{config, options};
    ProgressView progress(context.environment);
    CallOptions call;
    call.on_notification = [&](const proto::Message& message) { progress.handle(message); };
    call.signals = &signals;
    auto reply = connection.call<proto::BuildReply>("build", request, call);
    progress.clear();
    print_error("isag: artifacts: " + escape_lines(reply.artifacts) + "\n");
    keep_ssh_keys(reply.artifacts);
    return reply;
}

void keep_ssh_keys(const std::string& artifacts) {
    try {
        ensure_ssh_keys(std::filesystem::path(artifacts) / "ssh");
    } catch (const Error& e) {
        print_failure(e, "warning: ");
    }
}

}  // namespace isag
