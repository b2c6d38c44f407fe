// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <string>
#include <string_view>

namespace isag::image {

// What a base image has and what its package lists offer.
struct BaseFacts {
    std::string os;                 // os-release ID: "debian", "ubuntu"
    std::string version;            // VERSION_ID: "12", "24.04"
    std::string codename;           // "bookworm"
    std::string node;               // version of the node in it, "18.20.4"; empty: none, or one without npm
    std::string python;             // path of the pythonX.Y in it; empty: none
    std::string node_candidate;     // version that apt would install; empty: none
    std::string npm_candidate;      // likewise
    std::string python_candidate;   // likewise, of pythonX.Y
    std::string python3_candidate;  // likewise, of python3
    bool lists_complete = true;     // every package list could be fetched
    std::string lists_error;        // apt's words where not

    std::string title() const { return os + " " + version; }
};

// The POSIX sh script that finds these facts, run as root in a throwaway container of the base image. It prints a
// line `name=value` for each. `python` is X.Y.
std::string probe_script(const std::string& python);

// Reads what the script printed; lines of other origin are passed over.
Result<BaseFacts> parse_probe(std::string_view output);

// The first number of a version: 18 of "18.20.4+dfsg-1", "v18.20.4" and "1:18.2"; 0 where there is none.
int major_version(std::string_view version);

}  // namespace isag::image
