// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace isag::image {

// Where the image work tells the person how far it is. Called on the loop's thread; must not block.
class Report {
public:
    virtual ~Report() = default;
    // Step `step` of `steps`; 0 steps: the end is not known.
    virtual void progress(const std::string& stage, const std::string& text, std::int64_t step, std::int64_t steps) = 0;
    virtual void notice(const std::string& text) = 0;
};

}  // namespace isag::image
