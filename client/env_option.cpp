// SPDX-License-Identifier: Apache-2.0
#include "client/env_option.hpp"
#include "common/error.hpp"

namespace isag {

Environment extra_environment(const std::vector<std::string>& given, const Environment& own) {
    Environment out;
    for (const auto& text : given) {
        const auto equals = text.find('=');
        const std::string name = text.substr(0, equals);
        if (name.empty())
            throw Error("'-e " + text + "' names no variable", "write -e NAME=VALUE, or -e NAME to pass yours on",
                        ErrorKind::usage);
        if (equals != std::string::npos)
            out[name] = text.substr(equals + 1);
        else if (const auto value = find(own, name))
            out[name] = *value;
        else if (name.find_first_of(" \t\r\n") != std::string::npos)
            throw Error("'-e " + text + "' names no variable: there is a blank in it",
                        "write -e NAME=VALUE, or -e NAME to pass yours on", ErrorKind::usage);
    }
    return out;
}

}  // namespace isag
