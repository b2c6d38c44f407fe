// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/commands.hpp"
#include <string>
#include <vector>

namespace isag {

// What may stand where the cursor is.
struct Completion {
    struct Candidate {
        std::string word;
        std::string help = {};
    };
    std::vector<Candidate> candidates = {};  // those that begin as the word under the cursor does
    bool files = false;                      // files of the host, which the shell knows
    bool sandboxes = false;                  // names of running sandboxes, each with `before` and `behind`
    std::string before = {};
    std::string behind = {};
};

// `words` are those behind "isag" up to the cursor's, which may be empty. Pure: it knows the table, and of an operand
// or an option's value what its placeholder says: NAME a sandbox (but that of an option --name, which is a new one),
// FILE and PATH a file, SRC and DST both, "a|b" these words.
Completion complete_words(const std::vector<Command>& table, const std::vector<std::string>& words);

}  // namespace isag
