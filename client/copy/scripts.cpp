// SPDX-License-Identifier: Apache-2.0
#include "client/copy/scripts.hpp"
#include <cstdio>

namespace isag {
namespace {

// $1 and $2 become $folder and $base. The x keeps newlines at the end, which $(…) would drop.
constexpr const char* script_begin = R"(unset CDPATH
command -v tar >/dev/null 2>&1 || exit 97
folder=$(printf '%bx' "$1"); folder=${folder%x}
base=$(printf '%bx' "$2"); base=${base%x}
)";

// GNU's own format has names as bytes; pax would have them in UTF-8.
constexpr const char* sending_script = R"(cd -- "$folder" || exit 98
if [ "$3" = follow ] && [ -L "./$base" ]; then
    real=$(readlink -f -- "./$base" && printf x) || exit 98
    real=${real%?x}
    cd -- "${real%/*}/" || exit 98
    base=${real##*/}
fi
[ -e "./$base" ] || [ -L "./$base" ] || exit 98
case $(stat -f -c %T -- "./$base" 2>/dev/null) in proc | sysfs | cgroup*fs | debugfs | tracefs | securityfs) exit 96 ;; esac
exec tar --create --file=- --format=gnu --sparse --hard-dereference -- "./$base"
)";

constexpr const char* receiving_script = R"(if [ -d "$folder/$base" ]; then
    echo folder
elif ! [ -d "$folder" ]; then
    echo nowhere
elif [ -e "$folder/$base" ] || [ -L "$folder/$base" ]; then
    echo file
else
    echo missing
fi
read -r where || exit 1
[ "$where" = beside ] || folder=$folder/$base
cd -- "$folder" || exit 98
exec tar --extract --file=- --no-same-owner --preserve-permissions --no-overwrite-dir --warning=no-unknown-keyword \
    --warning=no-timestamp
)";

constexpr const char* removing_script = R"(cd -- "$folder" && rm -f -- "./$base"
)";

std::vector<std::string> shell_command(const char* script, const std::string& folder, const std::string& base,
                                       const std::string& more = {}) {
    // What begins with a dash is an option to cd even behind "--", where it is "-" alone.
    const std::string from_here = folder.starts_with('/') ? folder : "./" + folder;
    return {"sh",
            "-c",
            std::string(script_begin) + script,
            "isag-cp",
            escaped_for_printf(from_here),
            escaped_for_printf(base),
            more};
}

}  // namespace

std::vector<std::string> sending_command(const std::string& folder, const std::string& base, bool follow) {
    return shell_command(sending_script, folder, base, follow ? "follow" : "");
}

std::vector<std::string> receiving_command(const std::string& folder, const std::string& base) {
    return shell_command(receiving_script, folder, base);
}

std::vector<std::string> removing_command(const std::string& folder, const std::string& path) {
    return shell_command(removing_script, folder, path);
}

std::string escaped_for_printf(const std::string& bytes) {
    std::string out;
    for (const char c : bytes) {
        if (c > ' ' && c < 0x7f && c != '\\') {
            out += c;
            continue;
        }
        char octal[8];
        std::snprintf(octal, sizeof octal, "\\0%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
        out += octal;
    }
    return out;
}

}  // namespace isag
