// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/image_build.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"

namespace isag {

Syntax build_syntax() {
    return {.command = "build",
            .summary = "Builds the image of a configuration where its content changed, and prints its tag.",
            .options = {config_option(),
                        {.name = "no-cache", .help = "build anew, without the engine's layers"},
                        {.name = "pull", .help = "ask the registry for a newer base image"},
                        {.name = "rebuild", .help = "build although the image is there"}},
            .examples = {"isag build", "isag build -c web.yaml --no-cache"}};
}

int build_run(const Context& context, const Arguments& arguments) {
    proto::ImageOptions options;
    options.no_cache = arguments.has("no-cache");
    options.pull = arguments.has("pull");
    options.rebuild = arguments.has("rebuild");
    const auto reply = build_image(context, config_source(context, arguments), options);
    print(escape_controls(reply.image) + "\n");
    return 0;
}

}  // namespace isag
