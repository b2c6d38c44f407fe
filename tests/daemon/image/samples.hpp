// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/image/facts.hpp"
#include "daemon/image/recipe.hpp"
#include <string>

namespace isag::test {

// What probes of known base images find.
inline image::BaseFacts bookworm_facts() {
    image::BaseFacts facts;
    facts.os = "debian";
    facts.version = "12";
    facts.codename = "bookworm";
    facts.node_candidate = "18.20.4+dfsg-1~deb12u1";
    facts.npm_candidate = "9.2.0~ds1-1";
    facts.python_candidate = "3.11.2-6+deb12u6";  // for 3.11
    facts.python3_candidate = "3.11.2-1+b1";
    return facts;
}

inline image::BaseFacts jammy_facts() {
    image::BaseFacts facts;
    facts.os = "ubuntu";
    facts.version = "22.04";
    facts.codename = "jammy";
    facts.node_candidate = "12.22.9~dfsg-1ubuntu3.6";
    facts.npm_candidate = "8.5.1~ds-1";
    facts.python_candidate = "3.10.12-1~22.04.11";  // for 3.10
    facts.python3_candidate = "3.10.6-1~22.04.1";
    return facts;
}

inline image::BaseFacts noble_facts() {
    image::BaseFacts facts;
    facts.os = "ubuntu";
    facts.version = "24.04";
    facts.codename = "noble";
    facts.node_candidate = "18.19.1+dfsg-6ubuntu5";
    facts.npm_candidate = "9.2.0~ds1-2";
    facts.python_candidate = "3.12.3-1ubuntu0.8";  // for 3.12
    facts.python3_candidate = "3.12.3-0ubuntu2";
    return facts;
}

inline image::RecipeInputs sample_inputs(const std::string& base) {
    image::RecipeInputs inputs;
    inputs.base = base;
    inputs.uid = 1000;
    inputs.gid = 1000;
    inputs.cli_version = "2.1.0";
    return inputs;
}

}  // namespace isag::test
