// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/program_title.hpp"
#include <string>

namespace isag {

// What isag itself says in a terminal's title, where it spoils no screen: a question, or else that another terminal
// types. The program's title gives way to it and comes back after. No I/O.
class Announcement {
public:
    // `name`: what the person knows the program by.
    explicit Announcement(const std::string& name) : plain_("isag " + name) {}

    void set_turn(bool yours) { is_elsewhere_ = !yours; }
    // Empty: nothing is asked any more.
    void set_question(std::string question) { question_ = std::move(question); }
    // What is to be written, not inside of a sequence, where something is new.
    std::string take(ProgramTitle& title);
    // The same at the end, when nothing is announced any more.
    std::string finish(ProgramTitle& title);

private:
    std::string plain_;
    bool is_elsewhere_ = false;
    std::string question_;
    std::string shown_;
};

}  // namespace isag
