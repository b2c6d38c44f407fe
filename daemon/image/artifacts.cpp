// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/artifacts.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace fs = std::filesystem;
namespace isag::image {
namespace {

// Not synced one by one: they are for reading, and there are many.
void put(const fs::path& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    if (!file) throw Error("cannot write " + path.string());
}

}  // namespace

bool has_artifacts(const fs::path& folder, const std::string& dockerfile) {
    const auto present = read_file(folder / "Dockerfile");
    return present && *present == dockerfile;
}

void write_artifacts(const fs::path& folder, const std::string& dockerfile, const std::vector<NamedFile>& files) {
    const fs::path context = folder / "context";
    try {
        fs::create_directories(folder);
        fs::remove_all(context);
        fs::create_directories(context);
        for (const auto& file : files) {
            fs::create_directories((context / file.name).parent_path());
            put(context / file.name, file.content);
        }
    } catch (const fs::filesystem_error& error) {
        throw Error("cannot write the artifacts folder " + folder.string() + ": " + error.code().message());
    }
    write_file(folder / "Dockerfile", dockerfile);  // last: its presence says that the context is whole
}

LogFile::LogFile(const fs::path& path)
    : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    if (!fd_) throw errno_error("cannot write " + path.string(), errno);
}

void LogFile::add(const std::string& line) {
    const std::string text = line.ends_with('\n') ? line : line + "\n";
    [[maybe_unused]] const ssize_t written = ::write(fd_.get(), text.data(), text.size());
}

}  // namespace isag::image
