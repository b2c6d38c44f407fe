// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

// The line of ~/.ssh/config that makes ssh(1) read isag's entries.
namespace isag {

// `Include "/home/ann/.local/state/isag/ssh_config"`
std::string include_line(const std::filesystem::path& included);

// Is it there, as a whole line?
bool has_line(std::string_view text, std::string_view line);
// The text with the line at its top: further down it would belong to the Host before it (ssh_config(5)). As it is
// where the line is there.
std::string with_line(std::string_view text, std::string_view line);
// The text without it, every other byte as it was.
std::string without_line(std::string_view text, std::string_view line);

// Reads the person's ~/.ssh/config; empty where there is none. Throws Error where it is no regular file of the
// person's.
std::string read_ssh_config(const std::filesystem::path& home);
// Puts the text in its place in one step, and where it is a symbolic link in the place of what that leads to. Makes a
// missing ~/.ssh (0700). Throws Error; the old one is then still there.
void write_ssh_config(const std::filesystem::path& home, std::string_view text);

}  // namespace isag
