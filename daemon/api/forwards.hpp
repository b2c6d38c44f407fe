// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/endpoint.hpp"
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace isag::api {

// What clients forward now. It moves no byte: the clients do, and say so, for 'isag ports'.
class Forwards {
public:
    static constexpr std::size_t most = 1024;  // of one request
    // While it lives, they are listed. Outlived by the Forwards.
    using Kept = std::shared_ptr<void>;

    Kept keep(std::string sandbox, std::vector<proto::Forward> forwards);
    // Of the sandbox with that id, the oldest first.
    std::vector<proto::Forward> of(const std::string& sandbox) const;

private:
    struct Entry {
        std::string sandbox;
        std::vector<proto::Forward> forwards;
    };
    std::list<Entry> entries_;
};

}  // namespace isag::api
