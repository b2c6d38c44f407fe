// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/image/context.hpp"
#include <filesystem>
#include <string>
#include <vector>

namespace isag::image {

// Whether the artifacts folder holds that Dockerfile, and so the context that it names.
bool has_artifacts(const std::filesystem::path& folder, const std::string& dockerfile);

// Puts what an image is built from into the artifacts folder, for people to read: Dockerfile and context/.
// `docker build -f Dockerfile context` builds the same. Throws Error.
void write_artifacts(const std::filesystem::path& folder, const std::string& dockerfile,
                     const std::vector<NamedFile>& files);

// A file that is written line by line, new each time. Throws Error where it can't be opened; a line that can't be
// written (a full disk) is lost.
class LogFile {
public:
    explicit LogFile(const std::filesystem::path& path);
    void add(const std::string& line);

private:
    UniqueFd fd_;
};

}  // namespace isag::image
