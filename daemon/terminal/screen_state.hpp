// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include "common/terminal_modes.hpp"
#include "daemon/terminal/cell_marks.hpp"
#include "daemon/terminal/extra_attributes.hpp"
#include "daemon/terminal/kept_lines.hpp"
#include "daemon/terminal/known_strings.hpp"
#include "daemon/terminal/paint.hpp"
#include "daemon/terminal/painted_screen.hpp"
#include "daemon/terminal/safe_sequences.hpp"
#include "daemon/terminal/saved_cursor.hpp"
#include "daemon/terminal/screen.hpp"
#include "daemon/terminal/tab_stops.hpp"
#include "daemon/terminal/terminal_size.hpp"
#include "daemon/terminal/whole_characters.hpp"
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vterm.h>

namespace isag::terminal {

// What a Screen is made of: libvterm, what keeps it from falling, and what it doesn't know. How it takes output is in
// screen.cpp, how it is painted again in screen_shown.cpp.
struct Screen::State {
    struct Free {
        void operator()(VTerm* terminal) const { vterm_free(terminal); }
    };
    explicit State(const proto::TerminalSize& size)
        : terminal(vterm_new(bounded(size).first, bounded(size).second)),
          marks(bounded(size).first, bounded(size).second),
          tabs(bounded(size).second) {
        if (!terminal) throw std::bad_alloc();
        vterm_set_utf8(terminal.get(), 1);
        vterm_output_set_callback(terminal.get(), take_reply, this);
        screen = vterm_obtain_screen(terminal.get());
        cells = vterm_obtain_state(terminal.get());
        vterm_screen_enable_altscreen(screen, 1);
        vterm_screen_set_damage_merge(screen, VTERM_DAMAGE_CELL);
        static const VTermScreenCallbacks callbacks = make_callbacks();
        vterm_screen_set_callbacks(screen, &callbacks, this);
        vterm_screen_reset(screen, 1);
    }

    static VTermScreenCallbacks make_callbacks() {
        VTermScreenCallbacks callbacks{};
        callbacks.sb_pushline = [](int count, const VTermScreenCell* line, void* self) {
            auto& state = *static_cast<State*>(self);
            state.lines.add(line_text(line, count, false, state.marks.next_row_off()));
            return 1;
        };
        callbacks.damage = [](VTermRect where, void* self) {
            auto& state = *static_cast<State*>(self);
            state.marks.damaged(where, state.screen);
            return 1;
        };
        callbacks.moverect = [](VTermRect to, VTermRect from, void* self) {
            static_cast<State*>(self)->marks.moved(to, from);
            return 1;
        };
        callbacks.settermprop = [](VTermProp property, VTermValue* value, void* self) {
            if (property == VTERM_PROP_ALTSCREEN) static_cast<State*>(self)->marks.show(value->boolean != 0);
            return 1;
        };
        callbacks.resize = [](int rows, int columns, void* self) {
            static_cast<State*>(self)->marks.resized(rows, columns);
            return 1;
        };
        return callbacks;
    }
    static void take_reply(const char* bytes, std::size_t size, void* self) {
        auto& replies = static_cast<State*>(self)->replies;
        constexpr std::size_t most = 4096;
        if (replies.size() < most) replies.append(bytes, size);
    }

    void write(std::string_view bytes) { input.write(bytes); }
    void feed(std::string_view output) { feed(output, scanner); }
    void feed(std::string_view output, SequenceScanner& through);
    void catch_up();
    void take(std::string_view piece, const ControlSequence& sequence);
    void write_last(std::string_view piece, const ControlSequence& sequence, bool enters_alternate,
                    bool enters_margins);
    void follow_soft_reset();
    void follow_pen(const ControlSequence& sequence);
    void restore(const SavedCursor& saved);
    PaintedScreen painted() const;
    std::string shown(bool in_place);
    std::string cursor() const;
    std::string pending_wrap();
    void follow_size();
    VTermPos position() const;
    std::string pen() const { return pen_sequence(cells) + extra.underline_sequence(); }
    std::string open_link() const { return modes.link().empty() ? std::string() : link_sequence(modes.link()); }

    std::unique_ptr<VTerm, Free> terminal;
    SafeSequences sequences;
    WholeCharacters input{[this](std::string_view bytes) {
        const auto safe = sequences.pass(bytes);
        vterm_input_write(terminal.get(), safe.data(), safe.size());
    }};
    VTermScreen* screen = nullptr;
    VTermState* cells = nullptr;
    KnownStrings strings;
    SequenceScanner scanner;
    TerminalModes modes;
    ExtraAttributes extra;
    CellMarks marks;
    TabStops tabs;
    SavedCursor saved[2];  // on the main and the alternate screen
    KeptLines lines;
    PaintedScreen main_screen;  // as when the alternate one was entered: libvterm shows the current one only
    std::string replies;
    std::string put_off;  // text
};

}  // namespace isag::terminal
