// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/base.hpp"
#include "common/error.hpp"
#include "daemon/image/bootstrap.hpp"
#include "daemon/image/distribution.hpp"
#include "daemon/image/stored_answers.hpp"
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <optional>

namespace asio = boost::asio;
namespace isag::image {
namespace {

constexpr const char* stage = "base image";

// Which references isag had to make an image for: the next run then looks for that one first.
StoredAnswers made_bases(const BaseRequest& request) { return StoredAnswers(request.directories.cache / "bases.json"); }

asio::awaitable<std::optional<BaseImage>> find_base(engine::Engine& engine, std::string reference) {
    const auto image = co_await engine.find_image(reference);
    if (!image) co_return std::nullopt;
    BaseImage base;
    base.reference = reference;
    base.id = image->id;
    co_return base;
}

asio::awaitable<std::optional<BaseImage>> find_present(engine::Engine& engine, BaseRequest request) {
    const auto distribution = distribution_of(request.reference);
    const bool made = distribution && made_bases(request).find(request.reference);
    if (made) {
        auto base = co_await find_base(engine, distribution->image());
        if (base) co_return base;
    }
    auto base = co_await find_base(engine, request.reference);
    if (base || made || !distribution) co_return base;
    co_return co_await find_base(engine, distribution->image());
}

asio::awaitable<BaseImage> pull(engine::Engine& engine, BaseRequest request, Report& report) {
    report.progress(stage, "pulling " + request.reference, 0, 0);
    const engine::Engine::OnPull on_pull = [&](std::int64_t done, std::int64_t total) {
        report.progress(stage, "MiB, pulling " + request.reference, done >> 20, total >> 20);
    };
    co_await engine.pull(with_tag(request.reference), on_pull);
    auto base = co_await find_base(engine, request.reference);
    if (!base) throw Error("the engine pulled " + request.reference + " and does not have it");
    co_return std::move(*base);
}

asio::awaitable<BaseImage> make(engine::Engine& engine, BaseRequest request, Distribution distribution,
                                Report& report) {
    report.notice("no registry answers for " + request.reference + ": making " + distribution.image() +
                  " with mmdebstrap from the package mirror of " + distribution.family);
    report.progress(stage, "mmdebstrap " + distribution.codename, 0, 0);
    const auto log = request.directories.cache / ("mmdebstrap-" + distribution.tag() + ".log");
    co_await bootstrap(engine, distribution, request.environment, log);
    made_bases(request).put(request.reference, {distribution.image(), std::time(nullptr)});
    auto base = co_await find_base(engine, distribution.image());
    if (!base) throw Error("the engine imported " + distribution.image() + " and does not have it");
    co_return std::move(*base);
}

// No registry answered: what is there already, else what can be made.
asio::awaitable<BaseImage> without_registry(engine::Engine& engine, BaseRequest request, Report& report,
                                            Error pull_error) {
    auto present = co_await find_present(engine, request);
    if (present) {
        report.notice("no registry answers for " + request.reference + ": using the image that is here");
        co_return std::move(*present);
    }
    const auto distribution = distribution_of(request.reference);
    if (!distribution)
        throw Error(pull_error.message(),
                    "isag can make debian:* and ubuntu:* releases itself where no registry "
                    "answers; or load the image with `docker load`");
    std::optional<Error> error;
    try {
        auto making = make(engine, request, *distribution, report);
        co_return co_await std::move(making);
    } catch (const Error& failed) {
        error = failed;
    }
    throw Error(pull_error.message() + "; and " + error->message(), error->hint(), error->kind());
}

asio::awaitable<BaseImage> fetch_base(engine::Engine& engine, BaseRequest request, Report& report) {
    std::optional<Error> error;
    try {
        auto pulling = pull(engine, request, report);
        co_return co_await std::move(pulling);
    } catch (const Error& failed) {
        error = failed;
    }
    if (!registry_silent(error->message())) throw error->within("the base image " + request.reference);
    co_return co_await without_registry(engine, request, report, *error);
}

}  // namespace

asio::awaitable<BaseImage> ensure_base(engine::Engine& engine, Turns& turns, BaseRequest request, Report& report) {
    if (!request.pull) {
        auto present = co_await find_present(engine, request);
        if (present) co_return std::move(*present);
    }
    const std::string key = "base " + request.reference;
    if (turns.busy(key)) report.progress(stage, "waiting for another run that fetches " + request.reference, 0, 0);
    const auto turn = co_await turns.take(key);
    if (!request.pull) {
        auto present = co_await find_present(engine, request);
        if (present) co_return std::move(*present);
    }
    co_return co_await fetch_base(engine, request, report);
}

}  // namespace isag::image
