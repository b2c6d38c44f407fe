// SPDX-License-Identifier: Apache-2.0
#include "client/terminal_filter.hpp"
#include "client/terminal_questions.hpp"
#include "client/terminal_rules.hpp"
#include "common/utf8.hpp"
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <utility>

namespace isag {
namespace {

constexpr char enq = '\x05', bel = '\x07', can = '\x18', sub = '\x1a', esc = '\x1b', del = '\x7f';
constexpr std::string_view string_end = "\x1b\\";
constexpr std::size_t longest_sequence = 1024;  // a string's head included
constexpr std::size_t longest_palette = 10;     // terminal::is_linux_palette()
constexpr std::size_t longest_string = std::size_t{8} << 10;
constexpr std::size_t longest_clipboard = std::size_t{1} << 20;

unsigned char byte_of(char c) { return static_cast<unsigned char>(c); }
bool is_text(char c) { return (byte_of(c) < 0x80) & (c != esc) & (c != enq); }
bool is_string_text(char c) { return byte_of(c) >= 0x20 && c != del; }
bool is_cancel(char c) { return c == can || c == sub; }

// The first byte from `at` on that is no plain text. Whole blocks, without a branch in them, are what compilers
// vectorize.
std::size_t find_special(std::string_view bytes, std::size_t at) {
    constexpr std::size_t block = 32;
    for (; bytes.size() - at >= block; at += block) {
        unsigned char special = 0;
        for (std::size_t i = 0; i < block; ++i) special |= static_cast<unsigned char>(!is_text(bytes[at + i]));
        if (special != 0) break;
    }
    while (at < bytes.size() && is_text(bytes[at])) ++at;
    return at;
}

// The length of a whole control sequence at the start, 0 where it is none, not whole, or odd.
std::size_t control_length(std::string_view bytes) {
    if (bytes.size() < 3 || bytes[1] != '[') return 0;
    for (std::size_t i = 2; i < std::min(bytes.size(), longest_sequence); ++i) {
        const unsigned char byte = byte_of(bytes[i]);
        if (byte >= 0x40 && byte < 0x7f) return i + 1;
        if (byte < 0x20 || byte > 0x3f) return 0;
    }
    return 0;
}

// The length of what stands at the start, where it is whole, may pass, and needs no note: a character, or a control
// sequence.
std::size_t harmless_length(std::string_view bytes) {
    if (bytes[0] == esc) {
        const std::size_t length = control_length(bytes);
        if (length == 0) return 0;
        const std::string_view body = bytes.substr(2, length - 2);
        return terminal::may_pass_control(body) && !terminal::is_notable(body) ? length : 0;
    }
    const std::size_t length = byte_of(bytes[0]) < 0x80 ? 0 : utf8_length(bytes);
    return is_c1_control(bytes.substr(0, length)) ? 0 : length;
}

}  // namespace

void TerminalFilter::feed(std::string_view bytes, std::string& out) {
    while (!bytes.empty()) {
        std::size_t taken = 0;
        if (state_ == State::ground)
            taken = pass_text(bytes, out);
        else if (state_ >= State::held && !escaped_)
            taken = take_string_run(bytes, out);
        if (taken == 0 && take(bytes.front(), out)) taken = 1;
        bytes.remove_prefix(taken);
    }
}

std::string TerminalFilter::finish() {
    std::string out;
    give_up(out);
    return out;
}

std::optional<std::string> TerminalFilter::take_clipboard_request() { return std::exchange(request_, std::nullopt); }

std::size_t TerminalFilter::pass_text(std::string_view bytes, std::string& out) {
    std::size_t end = 0;
    for (std::size_t more = 1; more > 0; end += more) {
        if (end == bytes.size() || is_text(bytes[end])) end = find_special(bytes, end);
        more = end < bytes.size() ? harmless_length(bytes.substr(end)) : 0;
    }
    out.append(bytes.substr(0, end));
    if (end == bytes.size()) return end;
    begin(bytes[end], out);
    return end + 1;
}

void TerminalFilter::begin(char c, std::string& out) {
    if (c == esc) {
        begin_escape();
    } else if (utf8_length_by(c) > 1) {
        state_ = State::character;
        held_ = c;
    } else if (byte_of(c) >= 0xa0) {
        out += c;  // of another encoding; no terminal acts on it
    }
}

void TerminalFilter::begin_escape() {
    forget();
    state_ = State::escape;
    held_ = esc;
}

// False where c is still to be taken, in another state.
bool TerminalFilter::take(char c, std::string& out) {
    if (state_ == State::character) return take_character(c, out);
    if (state_ != State::escape && state_ != State::control) return take_string(c, out);
    if (byte_of(c) >= 0x80) {
        forget();
        return false;
    }
    if (c == esc)
        begin_escape();
    else if (is_cancel(c))
        forget();
    else if (byte_of(c) < 0x20)
        out.append(c == enq ? 0 : 1, c);  // acts by itself, as if it came before the sequence
    else if (c != del)
        state_ == State::escape ? take_escape(c, out) : take_control(c, out);
    return true;
}

bool TerminalFilter::take_character(char c, std::string& out) {
    const bool continues = (byte_of(c) & 0xc0) == 0x80;
    if (continues) held_ += c;
    if (continues && held_.size() < utf8_length_by(held_[0])) return true;
    const bool whole = utf8_length(held_) != 0;
    if (whole && !is_c1_control(held_)) out += held_;
    if (!whole)
        std::copy_if(held_.begin(), held_.end(), std::back_inserter(out), [](char b) { return byte_of(b) >= 0xa0; });
    forget();
    return continues;
}

void TerminalFilter::take_escape(char c, std::string& out) {
    constexpr std::string_view strings = "]P_^Xk";
    const bool first = held_.size() == 1;
    if (held_.size() < longest_sequence) held_ += c;
    if (byte_of(c) < 0x30) return;
    if (first && c == '[') {
        state_ = State::control;
    } else if (first && strings.find(c) != strings.npos) {
        kind_ = c;
        state_ = c == '^' || c == 'X' ? State::dropped : c == 'P' || c == '_' ? State::head : State::held;
    } else {
        if (terminal::may_pass_escape(std::string_view(held_).substr(1)) && !keeps_back()) out += held_;
        forget();
    }
}

void TerminalFilter::take_control(char c, std::string& out) {
    if (held_.size() <= longest_sequence) held_ += c;
    if (byte_of(c) < 0x40) return;
    if (held_.size() <= longest_sequence && terminal::may_pass_control(std::string_view(held_).substr(2)) &&
        !keeps_back())
        out += held_;
    forget();
}

// What of a string needs no look at each byte; 0 where the first one does.
std::size_t TerminalFilter::take_string_run(std::string_view bytes, std::string& out) {
    if (state_ == State::held && held_.size() < longest_palette) return 0;
    const auto plain = [this](char c) {
        if (state_ == State::dropped) return c != esc && !is_cancel(c) && !(c == bel && kind_ == ']');
        if (state_ == State::held) return is_string_text(c);
        return (byte_of(c) >= 0x20 && byte_of(c) < 0x7f) || c == '\r' || c == '\n';
    };
    const auto* const end = std::find_if_not(bytes.begin(), bytes.end(), plain);
    const std::string_view run = bytes.substr(0, static_cast<std::size_t>(end - bytes.begin()));
    if (state_ == State::passing)
        pass_picture(run, out);
    else if (state_ == State::held)
        hold(run);
    return run.size();
}

// What is written lags behind by the length of the ST that takes its place if the picture is given up.
void TerminalFilter::pass_picture(std::string_view run, std::string& out) {
    const std::size_t size = held_.size() + run.size();
    if (size < enough_) {
        held_ += run;
        return;
    }
    enough_ = 0;
    const std::size_t ready = size - string_end.size();
    const std::size_t of_held = std::min(ready, held_.size());
    out.append(held_, 0, of_held).append(run.substr(0, ready - of_held));
    held_.erase(0, of_held).append(run.substr(ready - of_held));
}

bool TerminalFilter::take_string(char c, std::string& out) {
    if (escaped_) {
        escaped_ = false;
        if (c == '\\') {
            end_string(string_end, out);
            return true;
        }
        give_up(out);
        begin_escape();
        return false;
    }
    if (c == esc)
        escaped_ = true;
    else if (is_cancel(c))
        give_up(out);
    else if (c == bel && kind_ == ']')
        end_string("\a", out);
    else if (is_string_text(c) && (state_ == State::head || state_ == State::held))
        hold({&c, 1});
    return true;
}

void TerminalFilter::hold(std::string_view text) {
    const bool to_clipboard = clipboard_ != Clipboard::deny && held_.starts_with("\x1b]52;");
    const std::size_t limit = state_ == State::head ? longest_sequence
                              : to_clipboard        ? longest_clipboard
                                                    : longest_string;
    held_ += text.substr(0, limit + 1 - held_.size());
    if (held_.size() > limit) {
        drop_string();
    } else if (state_ == State::head) {
        if (kind_ == 'P' ? byte_of(held_.back()) >= 0x40 : held_.back() == ';') end_head();
    } else if (kind_ == ']' && terminal::is_linux_palette(std::string_view(held_).substr(2))) {
        forget();
    }
}

void TerminalFilter::end_head() {
    using terminal::Fate;
    const auto head = std::string_view(held_).substr(2);
    Fate fate = Fate::drop;
    if (kind_ == 'P')
        fate = terminal::fate_of_request(head);
    else if (terminal::may_pass_graphics(head.substr(0, head.size() - 1)))
        fate = Fate::pass;
    if (fate == Fate::pass && keeps_back()) fate = Fate::drop;
    enough_ = held_.size() + string_end.size();
    state_ = fate == Fate::pass ? State::passing : State::held;
    if (fate == Fate::drop) drop_string();
}

void TerminalFilter::end_string(std::string_view terminator, std::string& out) {
    if (state_ == State::passing || (state_ != State::dropped && may_pass_string(terminator) && !keeps_back())) {
        out += held_;
        out += terminator;
    }
    forget();
}

bool TerminalFilter::may_pass_string(std::string_view terminator) {
    const auto body = std::string_view(held_).substr(2);
    if (kind_ == '_') return terminal::may_pass_graphics(body);
    if (kind_ == 'P') return terminal::may_pass_request(body);
    if (kind_ == 'k') return terminal::is_clean(body);  // a title, for tmux and screen
    if (!terminal::is_clipboard_write(body)) return terminal::may_pass_command(body);
    if (clipboard_ == Clipboard::ask) request_ = held_ + std::string(terminator);
    return clipboard_ == Clipboard::allow && !reads_;
}

// Takes note of what may pass, and says whether it is not to for now.
bool TerminalFilter::keeps_back() {
    const auto answer = terminal::answer_to(held_);
    questions_.any |= answer != terminal::Answer::none;
    if (answer == terminal::Answer::attributes) ++questions_.attributes;
    const bool drops = asking_ == Asking::is_dropped && answer != terminal::Answer::none;
    return title_.take(held_) || drops;
}

void TerminalFilter::give_up(std::string& out) {
    if (state_ == State::passing && enough_ == 0) out += string_end;
    forget();
}

void TerminalFilter::drop_string() {
    std::string().swap(held_);
    state_ = State::dropped;
}

void TerminalFilter::forget() {
    state_ = State::ground;
    escaped_ = false;
    if (held_.capacity() > 2 * longest_string) std::string().swap(held_);
    held_.clear();
}

}  // namespace isag
