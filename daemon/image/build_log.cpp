// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/build_log.hpp"
#include "common/escape.hpp"
#include <charconv>

namespace isag::image {
namespace {

constexpr std::string_view step_comment = "# step: ";
constexpr std::size_t longest_line = 1000;

bool take_number(std::string_view& text, std::int64_t& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || number < 1) return false;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return true;
}

std::optional<BuildProgress> announced(std::string_view line) {
    if (!line.starts_with("Step ") && !line.starts_with("STEP ")) return {};
    line.remove_prefix(5);
    BuildProgress progress;
    if (!take_number(line, progress.step) || !line.starts_with('/')) return {};
    line.remove_prefix(1);
    if (!take_number(line, progress.steps)) return {};
    if (!line.starts_with(':') && !line.starts_with(" :")) return {};
    return progress;
}

}  // namespace

std::vector<std::string> step_names(std::string_view dockerfile) {
    std::vector<std::string> names;
    std::string name = "base image";
    bool continued = false;
    while (!dockerfile.empty()) {
        const auto end = dockerfile.find('\n');
        const std::string_view line = dockerfile.substr(0, end);
        dockerfile.remove_prefix(end == std::string_view::npos ? dockerfile.size() : end + 1);
        const bool instruction = !continued && !line.empty() && !line.starts_with('#');
        if (!continued && line.starts_with(step_comment)) name = line.substr(step_comment.size());
        if (instruction) names.push_back(name);
        const bool remark = continued && line.starts_with('#');  // the builder takes it out
        if ((instruction || continued) && !remark) continued = line.ends_with('\\');
    }
    return names;
}

namespace {

// Docker's builder paints what a step writes to stderr.
std::string without_its_paint(std::string_view line) {
    std::string out(line);
    for (const std::string_view paint : {"\x1b[91m", "\x1b[0m"})
        for (auto at = out.find(paint); at != std::string::npos; at = out.find(paint, at)) out.erase(at, paint.size());
    return out;
}

}  // namespace

BuildLog::BuildLog(std::vector<std::string> names, std::size_t kept_lines)
    : names_(std::move(names)), kept_lines_(kept_lines) {}

std::optional<BuildProgress> BuildLog::feed(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (auto progress = announced(line)) {
        const auto index = static_cast<std::size_t>(progress->step - 1);
        if (index < names_.size())
            progress->name = names_[index];
        else
            progress->name = "finish";  // the builder adds a step for the labels
        now_ = *progress;
        return progress;
    }
    std::string text = without_its_paint(line.substr(0, longest_line));
    if (text.empty()) return {};
    lines_.push_back(std::move(text));
    if (lines_.size() > kept_lines_) lines_.pop_front();
    return {};
}

std::string BuildLog::tail() const {
    std::string out;
    for (const auto& line : lines_) out += (out.empty() ? "" : "\n") + escape_controls(line);
    return out;
}

}  // namespace isag::image
