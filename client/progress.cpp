// SPDX-License-Identifier: Apache-2.0
#include "client/progress.hpp"
#include "client/columns.hpp"
#include "client/output.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

namespace isag {
namespace {

constexpr std::size_t bar_width = 20;

std::size_t columns_of(int fd) {
    winsize size{};
    return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : std::size_t{80};
}

std::string count_of(const proto::Progress& p) { return std::to_string(p.step) + "/" + std::to_string(p.steps); }

bool has_end(const proto::Progress& p) { return p.steps > 0 && p.step >= 0; }

}  // namespace

std::string progress_bar(const proto::Progress& progress, std::size_t columns, bool colour) {
    const std::string stage = escape_controls(progress.stage);
    std::string middle;
    if (has_end(progress)) {
        const auto done = std::min(progress.step, progress.steps);
        const auto full = static_cast<std::size_t>(done * static_cast<std::int64_t>(bar_width) / progress.steps);
        middle = "[" + std::string(full, '#') + std::string(bar_width - full, '-') + "] " + count_of(progress) + " ";
    }
    // The last column stays free: some terminals wrap there.
    const std::string line =
        first_characters(stage + " " + middle + escape_controls(progress.text), columns > 1 ? columns - 1 : 1);
    if (!colour || line.size() < stage.size()) return line;
    return "\x1b[1m" + stage + "\x1b[0m" + line.substr(stage.size());
}

std::string progress_line(const proto::Progress& progress) {
    const std::string count = has_end(progress) ? count_of(progress) + " " : "";
    return escape_controls(progress.stage) + ": " + count + escape_controls(progress.text);
}

ProgressView::ProgressView(const Environment& environment)
    : terminal_(can_draw_on(STDERR_FILENO, environment)),
      colour_(terminal_ && find(environment, "NO_COLOR").value_or("").empty()) {}

void ProgressView::handle(const proto::Message& message) {
    if (message.method == "progress") {
        show(proto::from_json<proto::Progress>(*message.payload, "progress").value());
    } else if (message.method == "notice") {
        clear();
        const auto notice = proto::from_json<proto::Notice>(*message.payload, "notice").value();
        print_error("isag: " + escape_lines(notice.text) + "\n");
    }
}

void ProgressView::show(const proto::Progress& progress) {
    // Without a terminal a line for each step, however often it is told how far that is.
    const std::string line = terminal_ ? progress_bar(progress, columns_of(STDERR_FILENO), colour_)
                                       : progress_line({progress.stage, progress.text, 0, 0});
    if (line == last_line_) return;
    last_line_ = line;
    drawn_ = terminal_;
    print_error(terminal_ ? "\r" + line + "\x1b[K" : progress_line(progress) + "\n");
}

void ProgressView::clear() {
    if (drawn_) print_error("\r\x1b[K");
    drawn_ = false;
    last_line_.clear();
}

}  // namespace isag
