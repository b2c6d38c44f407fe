// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/config_source.hpp"
#include "common/file.hpp"
#include "daemon/sandbox/source.hpp"

namespace isag::api {

config::LoadResult parse_config(const proto::ConfigSource& source) {
    constexpr std::size_t max_size = 1 << 20;
    const std::filesystem::path path = source.path;
    if (!path.is_absolute()) throw Error("the config's path is not absolute", {}, ErrorKind::usage);
    if (!sandbox::path_exists(path)) throw Error("there is no " + path.string(), "isag init writes one");
    return config::parse(read_file(path, max_size).value(), path, source.environment);
}

config::Config load_config(const proto::ConfigSource& source) {
    auto loaded = parse_config(source);
    if (!loaded.findings.empty()) throw config::findings_error(loaded.findings, source.path);
    return std::move(loaded.config);
}

}  // namespace isag::api
