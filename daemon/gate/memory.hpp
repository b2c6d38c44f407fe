// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <string>
#include <string_view>

namespace isag::gate {

// One text in a file that outlives the worker (memfd_create(2)). A worker that dies while it stores leaves the old
// text or the new one.
class Memory {
public:
    explicit Memory(UniqueFd file) : file_(std::move(file)) {}

    // Empty where nothing was stored. Throws Error.
    std::string load() const;
    void store(std::string_view text);

private:
    UniqueFd file_;
};

// Throws Error.
UniqueFd make_memory(const char* name);

}  // namespace isag::gate
