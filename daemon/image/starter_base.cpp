// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/starter_base.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "daemon/image/distribution.hpp"
#include <sstream>

namespace asio = boost::asio;

namespace isag::image {
namespace {

const StarterBase usual{"ubuntu:24.04", "3.12"};

std::string value_of(std::string_view os_release, const std::string& key) {
    std::istringstream in{std::string(os_release)};
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key + "=")) continue;
        std::string value = line.substr(key.size() + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

asio::awaitable<bool> is_available(engine::EngineHolder& holder, const std::string& image) {
    const auto open = co_await holder.get();
    if (co_await open.engine->find_image(image)) co_return true;
    try {
        co_return co_await open.engine->registry_has(image);
    } catch (const Error&) {
        co_return false;  // it took too long
    }
}

}  // namespace

StarterBase host_base(std::string_view os_release) {
    const auto own = distribution_of(value_of(os_release, "ID") + ":" + value_of(os_release, "VERSION_ID"));
    return own ? StarterBase{own->family + ":" + own->version, own->python} : usual;
}

asio::awaitable<StarterBase> starter_base(engine::EngineHolder& engine, Report& report) {
    bool available = false;
    std::string why;
    try {
        available = co_await is_available(engine, usual.image);
    } catch (const Error& error) {
        why = error.message();
    }
    if (!why.empty()) report.notice("base image not checked: " + why);
    if (available || !why.empty()) co_return usual;
    const auto os_release = read_file("/etc/os-release");
    const StarterBase own = host_base(os_release ? *os_release : std::string());
    if (own.image != usual.image)
        report.notice("no registry answers for " + usual.image + ": the file names " + own.image +
                      ", which isag can make from this host's package mirror");
    co_return own;
}

}  // namespace isag::image
