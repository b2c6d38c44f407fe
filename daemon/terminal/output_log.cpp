// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/output_log.hpp"
#include "common/directories.hpp"
#include "common/file.hpp"
#include "proto/fields.hpp"
#include "proto/json_text.hpp"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace isag::terminal {
namespace {

// The first line of the checkpoint's file; what was painted follows.
struct Checkpoint {
    std::int64_t part = 0;
    std::int64_t offset = 0;
    proto::TerminalSize size;
    std::optional<std::int64_t> earlier;  // bytes before the part
};
template <class F>
void fields(F& f, Checkpoint& m) {
    f("part", m.part);
    f("offset", m.offset);
    f("size", m.size);
    f("earlier", m.earlier);
}

constexpr const char* checkpoint_name = "checkpoint";
constexpr std::int64_t parts_kept = 2;

// The numbers of a folder's parts, in order.
std::vector<std::int64_t> numbers_in(const fs::path& folder) {
    std::vector<std::int64_t> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const std::string stem = entry.path().stem();
        std::int64_t number = 0;
        const auto end = std::from_chars(stem.data(), stem.data() + stem.size(), number).ptr;
        if (entry.path().extension() == ".log" && end == stem.data() + stem.size()) out.push_back(number);
    }
    std::sort(out.begin(), out.end());
    return out;
}

struct Kept {
    Checkpoint checkpoint;
    std::string painted;
};

std::optional<Kept> read_checkpoint(const fs::path& folder) {
    const auto text = read_file(folder / checkpoint_name);
    if (!text) return std::nullopt;
    const auto end = text->find('\n');
    const auto object = proto::parse_object(text->substr(0, end));
    if (end == std::string::npos || !object) return std::nullopt;
    auto checkpoint = proto::from_json<Checkpoint>(*object, checkpoint_name);
    if (!checkpoint) return std::nullopt;
    return Kept{std::move(*checkpoint), text->substr(end + 1)};
}

std::int64_t size_of(const UniqueFd& file) {
    struct stat info {};
    return ::fstat(file.get(), &info) == 0 ? info.st_size : 0;
}

}  // namespace

OutputLog::OutputLog(fs::path folder, const fs::path& intake) : folder_(std::move(folder)), intake_(intake) {
    make_private_directory(folder_);
    remove_unfinished(folder_);
    const auto numbers = numbers_in(folder_);
    if (!numbers.empty()) number_ = numbers.back();
    count_earlier(numbers);
    open_part();
    append_left();
}

void OutputLog::count_earlier(const std::vector<std::int64_t>& numbers) {
    if (numbers.empty()) return;
    const auto kept = read_checkpoint(folder_);
    earlier_ = kept ? kept->checkpoint.earlier : std::nullopt;
    if (!earlier_) return;
    for (const auto number : numbers) {
        std::error_code error;
        if (number >= kept->checkpoint.part && number < number_)
            *earlier_ += static_cast<std::int64_t>(fs::file_size(part(number), error));
        if (error) earlier_.reset();
    }
}

void OutputLog::append_left() {
    const auto output = intake_.left();
    const std::int64_t written = size_ - intake_.place().offset;
    if (intake_.place().part == number_ && written >= 0 && written < std::ssize(output))
        append(output.substr(static_cast<std::size_t>(written)));
}

Intake::Read OutputLog::take(int terminal, std::size_t most) {
    const auto read = intake_.read(terminal, {number_, size_}, most);
    append(read.output);
    return read;
}

fs::path OutputLog::part(std::int64_t number) const { return folder_ / (std::to_string(number) + ".log"); }

void OutputLog::open_part() {
    file_.reset(::open(part(number_).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file_) complain("cannot open " + part(number_).string());
    size_ = size_of(file_);
}

void OutputLog::complain(const std::string& what) {
    if (!std::exchange(complained_, true)) spdlog::error("{}: {}; output is not kept", what, std::strerror(errno));
}

void OutputLog::append(std::string_view output) {
    while (file_ && !output.empty()) {
        const ssize_t n = ::write(file_.get(), output.data(), output.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return complain("cannot write " + part(number_).string());
        size_ += n;
        output.remove_prefix(static_cast<std::size_t>(n));
    }
}

void OutputLog::checkpoint(const proto::TerminalSize& size, const std::string& painted, std::size_t behind) {
    if (is_full() && behind == 0) {
        if (earlier_) *earlier_ += size_;
        ++number_;
        open_part();
    }
    try {
        const auto line = proto::to_line(
            proto::to_json(Checkpoint{number_, size_ - static_cast<std::int64_t>(behind), size, earlier_}));
        write_file(folder_ / checkpoint_name, line + "\n" + painted, 0600, Sync::no);
        for (const auto number : numbers_in(folder_))
            if (number <= number_ - parts_kept) fs::remove(part(number));
    } catch (const std::exception& error) {
        errno = EIO;
        complain(error.what());
    }
}

std::optional<OutputLog::Restored> OutputLog::restore() const {
    auto kept = read_checkpoint(folder_);
    if (!kept) return std::nullopt;
    const Checkpoint& checkpoint = kept->checkpoint;
    Restored restored{checkpoint.size, std::move(kept->painted), {}};
    auto offset = static_cast<std::size_t>(std::max<std::int64_t>(checkpoint.offset, 0));
    for (const auto number : numbers_in(folder_)) {
        if (number < checkpoint.part) continue;
        const auto output = read_file(part(number));
        if (output && output->size() >= offset) restored.output += output->substr(offset);
        offset = 0;
    }
    return restored;
}

std::optional<std::int64_t> OutputLog::end() const {
    return complained_ || !earlier_ ? std::nullopt : std::optional(*earlier_ + size_);
}

std::optional<std::string> OutputLog::since(std::int64_t place, std::size_t most) const {
    const auto last = end();
    if (!last || place < 0 || place > *last || *last - place > static_cast<std::int64_t>(most)) return std::nullopt;
    auto wanted = static_cast<std::size_t>(*last - place);
    std::string output;
    const auto numbers = numbers_in(folder_);
    for (auto number = numbers.rbegin(); number != numbers.rend() && output.size() < wanted; ++number) {
        const auto text = read_file(part(*number));
        if (!text) return std::nullopt;
        output.insert(0, *text, text->size() - std::min(text->size(), wanted - output.size()));
    }
    return output.size() == wanted ? std::optional(std::move(output)) : std::nullopt;
}

std::vector<OutputLog::Part> OutputLog::open_parts(const fs::path& folder) {
    std::vector<Part> parts;
    for (const auto number : numbers_in(folder)) {
        const fs::path path = folder / (std::to_string(number) + ".log");
        UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        if (!file) throw errno_error("cannot read " + path.string(), errno);
        const auto size = size_of(file);
        parts.push_back({std::move(file), size});
    }
    return parts;
}

}  // namespace isag::terminal
