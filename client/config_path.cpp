// SPDX-License-Identifier: Apache-2.0
#include "client/config_path.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <filesystem>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;

Option config_option() {
    return {.name = "config", .letter = 'c', .value = "FILE", .help = "the configuration", .fallback = "isag.yaml"};
}

std::string absolute_path(const std::string& path) {
    std::error_code error;
    const fs::path here = fs::current_path(error);  // getcwd(3): the physical one
    if (error && !fs::path(path).is_absolute())
        throw Error("cannot find the working directory: " + error.message(), "change to a folder that exists");
    const fs::path joined = here / path;
    // Only the folder is resolved: a link as the last part stays the name that the person gave.
    const fs::path folder = fs::weakly_canonical(joined.parent_path(), error);
    if (error || joined.filename().empty() || joined.filename() == "." || joined.filename() == "..") {
        const fs::path whole = fs::weakly_canonical(joined, error);
        return error ? joined.string() : whole.string();
    }
    return (folder / joined.filename()).string();
}

proto::ConfigSource config_source(const Context& context, const Arguments& arguments) {
    return {absolute_path(arguments.value("config")), context.environment};
}

}  // namespace isag
