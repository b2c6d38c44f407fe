// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

// Which control sequences of an agent may reach the person's terminal (rule D5 of the project's security). They take
// whole sequences without what introduces and ends them, in which no control character is left. Strings (OSC, DCS, APC)
// and escape sequences pass where they are known to be harmless; control sequences (CSI), which carry numbers only,
// unless they are known to do harm. Harmful is what reads from the host (clipboard, files, the screen), what acts on it
// (printing, running, opening), what changes how the terminal reads what follows, and what makes the terminal answer
// with text that the agent chose: once the session is over, the person's shell reads that answer as typed.
//
// ECMA-48; xterm: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html; kitty:
// https://sw.kovidgoyal.net/kitty/protocol-extensions; iTerm2: https://iterm2.com/documentation-escape-codes.html;
// ConEmu: https://conemu.github.io/en/AnsiEscapeCodes.html; Linux: console_codes(4).
namespace isag::terminal {

bool may_pass_escape(std::string_view body);    // of ESC body
bool may_pass_control(std::string_view body);   // of CSI body
bool may_pass_command(std::string_view body);   // of OSC body; the clipboard's (52) never
bool may_pass_request(std::string_view body);   // of DCS body
bool may_pass_graphics(std::string_view head);  // of APC head [; payload]: kitty's pictures, sent in place
bool is_clean(std::string_view text);           // UTF-8 without C1 controls

// What may become of a DCS of which its head is known, up to its final character.
enum class Fate { hold, pass, drop };
Fate fate_of_request(std::string_view head);

// The Linux console's ESC ] R and ESC ] P nrrggbb, which have no end of their own; ncurses writes the first at each
// exit.
bool is_linux_palette(std::string_view body);

// OSC 52 as a program sends it to write: selections, and base64 or nothing.
bool is_clipboard_write(std::string_view body);

}  // namespace isag::terminal
