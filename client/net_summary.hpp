// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/net.hpp"
#include <string>

namespace isag {

// What a person reads on stderr once a run has ended: what was refused and how to allow it, and what was learned. Empty
// where there is nothing to say. `config` is the isag.yaml.
std::string net_summary_text(const proto::net::Summary& summary, const std::string& config);

// A rule's or a path's text as a shell takes it.
std::string shell_word(const std::string& text);

}  // namespace isag
