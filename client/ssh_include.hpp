// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

// The line of ~/.ssh/config that makes ssh(1) read isag's entries.
namespace isag {

// `Include /home/ann/.local/state/isag/ssh_config`; in quotes only where the path needs them, since the completions of
// bash and zsh take a quote for a part of the path.
std::string include_line(const std::filesystem::path& included);

// Is it there, as a line of its own, with quotes or without, from the root or from ~, where it applies to every host?
// Below a Host or Match of some hosts it would be read for those alone (ssh_config(5)).
bool has_include(std::string_view text, const std::filesystem::path& included, const std::filesystem::path& home);
// The text with the line at its top. Where it is there and applies to every host, it stays where it is, and loses
// quotes that it doesn't need; from below a Host or Match of some hosts it is moved.
std::string with_include(std::string_view text, const std::filesystem::path& included,
                         const std::filesystem::path& home);
// The text without it, every other byte as it was.
std::string without_include(std::string_view text, const std::filesystem::path& included,
                            const std::filesystem::path& home);

// Reads the person's ~/.ssh/config; empty where there is none. Throws Error where it is no regular file.
std::string read_ssh_config(const std::filesystem::path& home);
// Puts the text in its place in one step, and where it is a symbolic link in the place of what that leads to. Makes a
// missing ~/.ssh (0700), and removes a file (no link) of which nothing is left. Throws Error, as where it is not the
// person's own; the old one is then still there.
void write_ssh_config(const std::filesystem::path& home, std::string_view text);

}  // namespace isag
