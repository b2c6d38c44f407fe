// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/gate.hpp"
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace isag::gate {

// Events added up by target and port, the refused and the allowed ones apart. The gate has them of its whole life, and
// isagd of what it was told. A limited amount of memory: a flood of different ones takes each other's place, what is
// frequent stays (security.md N8).
class EventSums {
public:
    static constexpr std::size_t most = 512;        // kept, of the refused and of the allowed ones each
    static constexpr std::size_t most_shown = 256;  // of each

    void add(const proto::gate::Event& event);
    // The most frequent first, and of those the newest, with the latest reason.
    std::vector<proto::gate::Event> refused() const { return sorted(refused_); }
    std::vector<proto::gate::Event> allowed() const { return sorted(allowed_); }

private:
    using Sums = std::map<std::string, proto::gate::Event>;
    static void drop_lightest(Sums& sums, const std::string& except);
    static std::vector<proto::gate::Event> sorted(const Sums& sums);

    Sums refused_;
    Sums allowed_;
};

}  // namespace isag::gate
