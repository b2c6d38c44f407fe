// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/support/failures.hpp"
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace isag::test {

// A fresh folder, removed at the end of a test that passed; a test that failed keeps it and prints it.
class TempFolder {
public:
    explicit TempFolder(const std::string& below = "/tmp") {
        std::string name = below + "/isag-test.XXXXXX";
        path_ = ::mkdtemp(name.data());
        failures_ = failures();
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    ~TempFolder() {
        if (failures() > failures_ || std::uncaught_exceptions() > 0) {
            std::fprintf(stderr, "kept for a look: %s\n", path_.c_str());
            return;
        }
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
    int failures_ = 0;
};

}  // namespace isag::test
