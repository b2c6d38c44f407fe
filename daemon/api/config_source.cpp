// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/config_source.hpp"
#include "common/file.hpp"
#include "daemon/sandbox/source.hpp"

namespace isag::api {

ReadConfig read_config(const proto::ConfigSource& source) {
    constexpr std::size_t max_size = 1 << 20;
    const std::filesystem::path path = source.path;
    if (!path.is_absolute()) throw Error("the config's path is not absolute", {}, ErrorKind::usage);
    if (!sandbox::path_exists(path)) throw Error("there is no " + path.string(), "isag init writes one");
    std::string text = read_file(path, max_size).value();
    auto parsed = config::parse(text, path, source.environment);
    return {std::move(text), std::move(parsed.config), std::move(parsed.findings)};
}

ReadConfig load_config(const proto::ConfigSource& source) {
    auto read = read_config(source);
    if (!read.findings.empty()) throw config::findings_error(read.findings, source.path);
    return read;
}

}  // namespace isag::api
