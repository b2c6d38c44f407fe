// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::image {

struct BuildProgress {
    std::int64_t step = 0;
    std::int64_t steps = 0;
    std::string name;
};

// For each instruction of a Dockerfile the name in the `# step: …` comment above it; what has none of its own belongs
// to the step before.
std::vector<std::string> step_names(std::string_view dockerfile);

// Follows a builder's output (Docker's "Step 3/12 : RUN …", Podman's "STEP 3/12: RUN …") and keeps its end.
class BuildLog {
public:
    explicit BuildLog(std::vector<std::string> names, std::size_t kept_lines = 40);
    // What began, where the line says that a step does.
    std::optional<BuildProgress> feed(std::string_view line);
    const BuildProgress& now() const { return now_; }
    // The last lines, without the announcements of steps, safe to print.
    std::string tail() const;

private:
    std::vector<std::string> names_;
    std::size_t kept_lines_;
    BuildProgress now_;
    std::deque<std::string> lines_;
};

}  // namespace isag::image
