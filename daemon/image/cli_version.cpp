// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/cli_version.hpp"
#include "daemon/image/fetch.hpp"
#include "daemon/image/host_certificates.hpp"
#include "daemon/image/stored_answers.hpp"
#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::image {
namespace {

constexpr std::int64_t refresh_after = std::int64_t{6} * 3600;  // seconds
constexpr std::size_t longest_version = 128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool looks_like_version(std::string_view text) {
    return !text.empty() && text.size() <= longest_version && is_digit(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
                      c == '+';
           });
}

StoredAnswers kept_answers(const CliRequest& request) { return StoredAnswers(request.cache / "npm-versions.json"); }

std::string question(const CliRequest& request) {
    return dist_tags_url(npm_registry(request.environment), request.package) + " " + request.wanted;
}

asio::awaitable<Result<std::string>> ask(CliRequest request) {
    FetchOptions options;
    options.url = dist_tags_url(npm_registry(request.environment), request.package);
    options.environment = request.environment;
    if (const auto bundle = host_bundle(request.environment)) options.ca_file = bundle->string();
    const auto answer = co_await fetch(std::move(options));
    if (!answer) co_return answer.error();
    auto version = version_of_tag(*answer, request.wanted);
    if (version) kept_answers(request).put(question(request), {*version, std::time(nullptr)});
    co_return version;
}

}  // namespace

std::string npm_registry(const Environment& environment) {
    std::string registry;
    for (const char* name : {"npm_config_registry", "NPM_CONFIG_REGISTRY"})
        if (const auto value = find(environment, name)) registry = *value;
    while (registry.ends_with('/')) registry.pop_back();
    return registry.empty() ? "https://registry.npmjs.org" : registry;
}

std::string dist_tags_url(const std::string& registry, const std::string& package) {
    std::string name = package;
    if (const auto slash = name.find('/'); slash != std::string::npos) name.replace(slash, 1, "%2f");
    return registry + "/-/package/" + name + "/dist-tags";
}

Result<std::string> version_of_tag(std::string_view answer, const std::string& tag) {
    const auto tags = nlohmann::json::parse(answer, nullptr, false);
    if (!tags.is_object()) return Failure{"the registry's answer is not a list of tags"};
    const auto found = tags.find(tag);
    if (found == tags.end() || !found->is_string()) return Failure{"the registry knows no tag '" + tag + "'"};
    auto version = found->get<std::string>();
    if (!looks_like_version(version)) return Failure{"the registry's answer for '" + tag + "' is not a version"};
    return version;
}

asio::awaitable<CliVersion> resolve_cli_version(CliRequest request, bool fresh) {
    CliVersion result;
    result.version = request.wanted;
    if (looks_like_version(request.wanted)) co_return result;
    const auto kept = kept_answers(request).find(question(request));
    const bool usable = kept && looks_like_version(kept->text);
    if (fresh || !usable) {
        const auto answer = co_await ask(request);
        if (answer) result.version = *answer;
        if (answer) co_return result;
    }
    if (!usable) co_return result;
    result.version = kept->text;
    result.refresh_due = std::time(nullptr) - kept->time > refresh_after;
    co_return result;
}

asio::awaitable<void> refresh_cli_version(CliRequest request) { co_await ask(std::move(request)); }

}  // namespace isag::image
