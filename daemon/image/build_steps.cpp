// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/build_steps.hpp"
#include "common/directories.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <spdlog/spdlog.h>
#include <system_error>

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace isag::image {
namespace {

bool is_id(std::string_view text) {
    return text.size() >= 12 && text.size() <= 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::string> id_after(std::string_view line, std::string_view words) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(words) || !is_id(line.substr(words.size()))) return {};
    return std::string(line.substr(words.size()));
}

}  // namespace

std::optional<StepContainer> step_container(std::string_view line) {
    if (auto id = id_after(line, " ---> Running in ")) return StepContainer{std::move(*id), false};
    if (auto id = id_after(line, "Removing intermediate container ")) return StepContainer{std::move(*id), true};
    return {};
}

// A note that can't be written or removed is no reason to stop a build.
void BuildSteps::Watch::feed(std::string_view line) {
    const auto container = step_container(line);
    if (!container) return;
    std::error_code ignored;
    steps_.running_.erase(id_);
    if (!id_.empty()) fs::remove(steps_.folder_ / id_, ignored);
    id_.clear();
    if (container->gone) return;
    try {
        make_private_directory(steps_.folder_);
        write_file(steps_.folder_ / container->id, "", 0600, Sync::no);
        id_ = container->id;
        steps_.running_.insert(id_);
    } catch (const Error& error) {
        spdlog::warn("the container of a build step is not noted: {}", error.message());
    }
}

std::vector<std::string> BuildSteps::left() const {
    std::vector<std::string> ids;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
        const std::string id = entry.path().filename().string();
        if (is_id(id) && !running_.contains(id)) ids.push_back(id);
    }
    return ids;
}

asio::awaitable<void> BuildSteps::remove_left(engine::Engine& engine) {
    for (const auto& id : left()) {
        // A step's own output could name any container; the label says that it is the builder's.
        auto state = co_await engine.inspect_container(id);
        if (state && state->labels["isag.role"] == "build") co_await engine.remove_container(id);
        std::error_code ignored;
        fs::remove(folder_ / id, ignored);
    }
}

}  // namespace isag::image
