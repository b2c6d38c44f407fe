// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/build.hpp"
#include "daemon/image/artifacts.hpp"
#include "daemon/image/base.hpp"
#include "daemon/image/build_log.hpp"
#include "daemon/image/dockerfile.hpp"
#include "daemon/image/host_certificates.hpp"
#include "daemon/image/probe.hpp"
#include "daemon/image/proxy.hpp"
#include "daemon/image/recipe.hpp"
#include "daemon/image/tag.hpp"
#include <boost/asio/use_awaitable.hpp>
#include <optional>

namespace asio = boost::asio;
namespace isag::image {
namespace {

constexpr const char* build_stage = "image";

// Everything that was decided, before anything is built.
struct Planned {
    Recipe recipe;
    ImageContent content;
    std::string tag;
    std::string step_of_python;
    std::vector<std::filesystem::path> bundles;  // where its certificates are
};

asio::awaitable<BaseFacts> facts_of(BuildContext& context, BaseImage base) {
    ProbeRequest request;
    request.labels = context.probe_labels;
    request.reference = base.reference;
    request.id = base.id;
    request.python = context.config.container.python;
    request.environment = context.environment;
    request.cache = context.directories.cache;
    auto kept = kept_facts(request);
    if (kept) co_return std::move(*kept);
    const auto turn = co_await context.turns.take("probe " + base.id);
    kept = kept_facts(request);
    if (kept) co_return std::move(*kept);
    context.report.progress(build_stage, "looking into " + base.reference, 0, 0);
    co_return co_await probe(context.engine, request);
}

CliRequest cli_request(const BuildContext& context) {
    CliRequest request;
    request.package = npm_package(context.config.agent.vendor);
    request.wanted = context.config.agent.cli_version;
    request.environment = context.environment;
    request.cache = context.directories.cache;
    return request;
}

asio::awaitable<BaseImage> base_of(BuildContext& context) {
    BaseRequest request;
    request.reference = context.config.container.base_image;
    request.pull = context.pull;
    request.environment = context.environment;
    request.directories = context.directories;
    co_return co_await ensure_base(context.engine, context.turns, request, context.report);
}

Planned plan(BuildContext& context, const BaseImage& base, const BaseFacts& facts, const std::string& version) {
    RecipeInputs inputs;
    inputs.base = base.reference;
    inputs.uid = context.uid;
    inputs.gid = context.gid;
    inputs.root_is_person = context.root_is_person;
    inputs.cli_version = version;
    auto bundles = wanted_bundles(context.config.container, context.environment);
    inputs.certificates = context.certificate_sums.of(bundles).value();
    inputs.own_registry = npm_registry(context.environment) != npm_registry({});
    Planned planned;
    planned.recipe = choose(context.config, facts, inputs).value();
    planned.content.dockerfile = render(planned.recipe);
    planned.content.base_id = base.id;
    planned.tag = image_tag(context.config.container.name, planned.content);
    planned.step_of_python = describe(planned.recipe.python, facts);
    planned.bundles = std::move(bundles);
    return planned;
}

// The build context besides the Dockerfile, which is read only where somebody needs it.
std::vector<NamedFile> context_files(const Planned& planned) {
    auto files = read_certificates(planned.bundles).value();
    if (sum_of(files) != planned.recipe.certificates)
        throw Error("the certificates that the image is to trust changed just now", "run the command again");
    return files;
}

engine::BuildOptions options_of(const BuildContext& context, const Planned& planned) {
    engine::BuildOptions options;
    options.tag = planned.tag;
    auto files = context_files(planned);
    files.push_back({"Dockerfile", planned.content.dockerfile});
    options.context = make_context(std::move(files)).value();
    options.arguments = proxy_variables(context.environment);
    if (planned.recipe.own_registry) options.arguments["NPM_CONFIG_REGISTRY"] = npm_registry(context.environment);
    options.labels["isag.role"] = "image";
    options.labels["isag.image"] = context.config.container.name;
    options.labels["isag.agent"] = planned.recipe.agent + " " + planned.recipe.version;
    options.labels["isag.base"] = planned.recipe.base;
    options.no_cache = context.no_cache;
    return options;
}

Error build_error(const Error& error, const Planned& planned, const BuildLog& log, const std::filesystem::path& file) {
    const BuildProgress& now = log.now();
    if (now.step == 0) return error;  // the engine refused before the first step
    std::string message = "building " + planned.tag + " failed at step " + std::to_string(now.step) + "/" +
                          std::to_string(now.steps) + " (" + now.name + ")";
    if (planned.recipe.python.source == PythonSource::uv && now.name == planned.step_of_python)
        message += ": container.python: " + planned.recipe.python.version + " is neither in " +
                   planned.recipe.facts.title() + " nor with deadsnakes for it, and uv could not provide it";
    message += ": " + error.message();
    if (const std::string tail = log.tail(); !tail.empty()) message += "\n" + tail;
    return Error(message, "the whole output: " + file.string());
}

asio::awaitable<void> build(BuildContext& context, const Planned& planned) {
    const auto file = context.artifacts / "build.log";
    BuildLog log(step_names(planned.content.dockerfile));
    LogFile whole(file);
    BuildSteps::Watch steps(context.build_steps);
    auto options = options_of(context, planned);
    const engine::Engine::OnLine on_line = [&](const std::string& line) {
        whole.add(line);
        steps.feed(line);
        if (const auto progress = log.feed(line))
            context.report.progress(build_stage, progress->name, progress->step, progress->steps);
    };
    context.report.notice("building " + planned.tag + " (build steps have the engine's own network, unfiltered)");
    try {
        co_await context.engine.build(std::move(options), on_line);
    } catch (const Error& error) {
        throw build_error(error, planned, log, file);
    }
}

// Whether it had to be built.
asio::awaitable<bool> make_present(BuildContext& context, const Planned& planned, BuiltImage& result) {
    const bool forced = context.rebuild || context.no_cache;
    std::optional<engine::Image> image;
    if (!forced) image = co_await context.engine.find_image(planned.tag);
    if (image) {
        result.id = image->id;
        co_return false;
    }
    if (context.turns.busy(planned.tag))
        context.report.progress(build_stage, "waiting for another run that builds " + planned.tag, 0, 0);
    const auto turn = co_await context.turns.take(planned.tag);
    if (!forced) image = co_await context.engine.find_image(planned.tag);
    const bool needed = !image;
    if (needed) {
        co_await build(context, planned);
        image = co_await context.engine.find_image(planned.tag);
        if (!image) throw Error("the engine built " + planned.tag + " and does not have it");
    }
    result.id = image->id;
    co_return needed;
}

}  // namespace

asio::awaitable<BuiltImage> ensure_image(BuildContext context) {
    const BaseImage base = co_await base_of(context);
    const BaseFacts facts = co_await facts_of(context, base);
    auto request = cli_request(context);
    const CliVersion version = co_await resolve_cli_version(request, context.pull || context.no_cache);
    const Planned planned = plan(context, base, facts, version.version);
    if (!has_artifacts(context.artifacts, planned.content.dockerfile))
        write_artifacts(context.artifacts, planned.content.dockerfile, context_files(planned));
    BuiltImage result;
    result.tag = planned.tag;
    result.base = base.reference;
    result.cli_version = version.version;
    if (version.refresh_due) result.refresh = std::move(request);
    result.built = co_await make_present(context, planned, result);
    co_return result;
}

}  // namespace isag::image
