// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/program_title.hpp"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace isag {

// What becomes of an agent's writes to the clipboard (OSC 52); reads are dropped in any case.
enum class Clipboard { ask, allow, deny };

// What a terminal was asked that it answers as if typed; the answers to some are its device attributes (DA1).
struct Questions {
    bool any = false;
    std::size_t attributes = 0;
};

// Between an agent's output, arbitrary bytes cut anywhere, and a person's terminal that reads UTF-8: lets through text
// and whole control sequences that terminal_rules.hpp finds harmless, each in a form that all terminals read the same
// way, so that nothing rests on how one of them treats odd ones. No I/O.
//
// C1 controls are dropped, as bytes and as characters; so is ENQ. A sequence is held back until its end (a string of
// more than 8 KiB is dropped instead, the clipboard's of more than 1 MiB); pictures pass as they come, once their head
// has. CAN, SUB and an ESC that begins no ST give a sequence up: nothing of it is written, and the ESC begins the next.
// The same goes for tmux's and screen's passthrough, which no terminal sees: the envelope is dropped, and the sequences
// in it are filtered like others. What is written is never longer than what came.
class TerminalFilter {
public:
    // Old output is not to ask the terminal anything: nobody is there to take the answer.
    enum class Asking { passes, is_dropped };
    explicit TerminalFilter(Clipboard clipboard, Asking asking = Asking::passes)
        : clipboard_(clipboard), asking_(asking) {}

    // Appends to `out` what may be written now.
    void feed(std::string_view bytes, std::string& out);
    // At the end of a session: what may have to be written to end a picture. Forgets what was held back.
    std::string finish();
    // Another terminal types, so that what Clipboard::allow lets through is for that one.
    void set_reading(bool reads) { reads_ = reads; }
    // With Clipboard::ask: the last write that nobody took, as the sequence that makes it.
    std::optional<std::string> take_clipboard_request();
    // What was asked by sequences that passed since the last call.
    Questions take_questions() { return std::exchange(questions_, {}); }
    // What the program's titles are, to keep them back for a while.
    ProgramTitle& title() { return title_; }

private:
    // A string (OSC, DCS, APC, ...) is a head while it can't be said what it is; then it is held until its end, or
    // passes, or is dropped: the last three, in which bytes are taken by the run.
    enum class State { ground, character, escape, control, head, held, passing, dropped };
    std::size_t pass_text(std::string_view bytes, std::string& out);
    void begin(char c, std::string& out);
    void begin_escape();
    bool take(char c, std::string& out);
    bool take_character(char c, std::string& out);
    void take_escape(char c, std::string& out);
    void take_control(char c, std::string& out);
    bool take_string(char c, std::string& out);
    std::size_t take_string_run(std::string_view bytes, std::string& out);
    void pass_picture(std::string_view run, std::string& out);
    void hold(std::string_view text);
    void end_head();
    void end_string(std::string_view terminator, std::string& out);
    bool may_pass_string(std::string_view terminator);
    bool keeps_back();
    void give_up(std::string& out);
    void drop_string();
    void forget();

    Clipboard clipboard_;
    Asking asking_;
    bool reads_ = false;
    State state_ = State::ground;
    std::string held_;        // of the sequence being read: all, or what of a picture is not written yet
    char kind_ = 0;           // of the string: what follows its ESC
    bool escaped_ = false;    // the string's last byte was ESC
    std::size_t enough_ = 0;  // that much of a picture is held before its first byte is written
    std::optional<std::string> request_;
    Questions questions_;
    ProgramTitle title_;
};

}  // namespace isag
