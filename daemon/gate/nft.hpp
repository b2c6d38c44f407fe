// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/listing.hpp"
#include <string>
#include <string_view>

namespace isag::gate {

// The program nft(8) that lies in the gate's image. Each call waits for it (some ten milliseconds).
class Nft {
public:
    explicit Nft(std::string program = "/usr/sbin/nft") : program_(std::move(program)) {}

    // Throws Error; where the kernel lacks something, it is named.
    void load(std::string_view ruleset) const;
    Listing listing() const;
    // The table as a person reads it.
    std::string text() const;

private:
    struct Outcome {
        bool good = false;
        std::string out;
        std::string error;
    };
    Outcome run(std::initializer_list<std::string> arguments, std::string_view input = {}) const;
    std::string missing_feature() const;

    std::string program_;
};

}  // namespace isag::gate
