// SPDX-License-Identifier: Apache-2.0
#include "client/output.hpp"
#include "common/escape.hpp"
#include <cerrno>
#include <sstream>
#include <unistd.h>

namespace isag {
namespace {

// Returns errno, 0 where all of it is written.
int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::write(fd, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
}

}  // namespace

void print(std::string_view text) {
    if (const int error = write_all(STDOUT_FILENO, text)) throw errno_error("cannot write to stdout", error);
}

void print_error(std::string_view text) { write_all(STDERR_FILENO, text); }

bool can_draw_on(int descriptor, const Environment& environment) {
    const auto term = find(environment, "TERM").value_or("");
    return ::isatty(descriptor) && !term.empty() && term != "dumb";
}

void print_failure(const Error& error, const std::string& kind) {
    std::string text = "isag: " + kind + escape_lines(error.message()) + "\n";
    std::istringstream hints(escape_lines(error.hint()));
    for (std::string hint; std::getline(hints, hint);) text += "  " + hint + "\n";
    print_error(text);
}

std::string escape_lines(std::string_view text) {
    std::string out;
    for (;;) {
        const auto end = text.find('\n');
        out += escape_controls(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        out += '\n';
        text.remove_prefix(end + 1);
    }
}

}  // namespace isag
