// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen.hpp"
#include "tests/fuzz/require.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>

// What a program prints, cut into pieces and with the window resized in between, where the first bytes say. libvterm
// survives it, and what was painted from the screen paints the same screen again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using isag::terminal::Screen;
    if (size < 3) return 0;
    std::string_view output(reinterpret_cast<const char*>(data) + 3, size - 3);
    Screen screen({1 + data[0] % 40, 1 + data[1] % 100});
    const std::size_t piece = 1 + data[2];
    for (std::size_t count = 1; !output.empty(); ++count) {
        screen.feed(output.substr(0, piece));
        output.remove_prefix(std::min(piece, output.size()));
        if (count % 64 == 0) screen.resize({1 + data[1] % 40, 1 + static_cast<int>(count) % 100});
    }
    (void)screen.refresh();
    Screen again(screen.size());
    again.feed(screen.snapshot());
    isag::fuzz::require(again.size().rows == screen.size().rows && again.size().columns == screen.size().columns);
    return 0;
}
