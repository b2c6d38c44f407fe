// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <random>
#include <string>
#include <vector>

namespace isag::terminal {

inline const std::string open_link = "\x1b]8;;https://a.example/\x1b\\";
inline const std::string close_link = "\x1b]8;;\x1b\\";

inline const std::vector<std::string> output_pieces = {"word",
                                                       "漢字",
                                                       "e\xcc\x81",
                                                       "🦀",
                                                       "\r\n",
                                                       "\n",
                                                       "\r",
                                                       "\t",
                                                       "\b",
                                                       " ",
                                                       "\x1b[31m",
                                                       "\x1b[1;44m",
                                                       "\x1b[m",
                                                       "\x1b[2m",
                                                       "\x1b[22m",
                                                       "\x1b[38;2;9;8;7m",
                                                       "\x1b[7m",
                                                       "\x1b[8;53m",
                                                       "\x1b[4:3;58;2;1;2;3m",
                                                       "\x1b[48:2::1:2:3;58:5:9m",
                                                       "\x1b[3;5H",
                                                       "\x1b[2A",
                                                       "\x1b[K",
                                                       "\x1b[1J",
                                                       "\x1b[2J",
                                                       "\x1b[2L",
                                                       "\x1b[M",
                                                       "\x1b[3P",
                                                       "\x1b[2@",
                                                       "\x1b[?1049h",
                                                       "\x1b[?1049l",
                                                       "\x1b[?25l",
                                                       "\x1b[?25h",
                                                       "\x1b[?2004h",
                                                       "\x1b[?1000h",
                                                       "\x1b[2;4r",
                                                       "\x1b[r",
                                                       "\x1b"
                                                       "7",
                                                       "\x1b"
                                                       "8",
                                                       "\x1bM",
                                                       "\x1b[S",
                                                       "\x1b[T",
                                                       "\x1b[4 q",
                                                       "\x1b]2;a title\x07",
                                                       "\x1b[?1h",
                                                       "\x1b[>1u",
                                                       "\x1b[<u",
                                                       "\x1b[X",
                                                       "\x1b[?47h",
                                                       "\x1b[?47l",
                                                       open_link,
                                                       "\x1b]8;id=2;mailto:b@b\x07",
                                                       close_link};

// combining: after ESC ( B libvterm loses a combining mark in the last column.
inline std::string random_output(std::mt19937& random, bool combining) {
    std::string out;
    for (int i = 0; i < 60; ++i) {
        const auto& piece = output_pieces[random() % output_pieces.size()];
        if (combining || piece[0] != 'e') out += piece;
    }
    return out;
}

}  // namespace isag::terminal
