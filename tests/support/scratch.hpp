// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace isag::test {

// A folder for one test (mode 0700). A test that fails by an exception keeps it and prints its name.
class Scratch {
public:
    Scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "isag-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a scratch folder");
        path_ = name;
    }
    Scratch(const Scratch&) = delete;
    ~Scratch() {
        if (std::uncaught_exceptions() > 0) {
            std::fprintf(stderr, "kept: %s\n", path_.c_str());
            return;
        }
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace isag::test
