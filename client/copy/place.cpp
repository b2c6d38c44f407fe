// SPDX-License-Identifier: Apache-2.0
#include "client/copy/place.hpp"
#include "common/escape.hpp"

namespace isag {

Result<CopyPlace> parse_copy_place(const std::string& operand) {
    if (operand.empty()) return Failure{"an empty path", "'.' is the folder itself"};
    if (operand == "-") return CopyPlace{CopyPlace::Where::stream};
    const auto colon = operand.find(':');
    const auto slash = operand.find('/');
    if (operand[0] == '/' || operand[0] == '.' || colon == std::string::npos || slash < colon)
        return CopyPlace{CopyPlace::Where::host, {}, operand};
    if (colon == 0)
        return Failure{"no sandbox is named in '" + escape_controls(operand) + "'",
                       "NAME:path is in a sandbox, ./:path on the host"};
    const std::string path = operand.substr(colon + 1);
    return CopyPlace{CopyPlace::Where::sandbox, operand.substr(0, colon), path.empty() ? "." : path};
}

std::string shown_place(const CopyPlace& place) {
    if (place.where == CopyPlace::Where::stream) return "-";
    return escape_controls(place.where == CopyPlace::Where::sandbox ? place.sandbox + ":" + place.path : place.path);
}

CopyName split_copy_path(const std::string& path) {
    const auto last = path.find_last_not_of('/');
    if (last == std::string::npos) return {path, "", true, true};
    const auto slash = path.find_last_of('/', last);
    const std::string base =
        slash == std::string::npos ? path.substr(0, last + 1) : path.substr(slash + 1, last - slash);
    if (base == "." || base == "..") return {path, "", true, true};
    const bool followed = last + 1 < path.size();
    if (slash == std::string::npos) return {".", base, false, followed};
    const auto end = path.find_last_not_of('/', slash);
    return {end == std::string::npos ? "/" : path.substr(0, end + 1), base, false, followed};
}

}  // namespace isag
