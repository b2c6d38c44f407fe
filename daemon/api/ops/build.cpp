// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/config_source.hpp"
#include "daemon/api/image_step.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/sandbox/survey.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> build(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::BuildRequest>(*call);
    const auto read = load_config(request.config);
    const auto agent = sandbox::agent_for(read.config, daemon.person);
    const auto image = co_await make_image(daemon, call, read, request.config, request.image, agent);
    call->reply(proto::to_json(proto::BuildReply{image.tag, image.built, image.artifacts.string()}));
}

}  // namespace isag::api
