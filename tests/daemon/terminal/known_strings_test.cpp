// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/known_strings.hpp"
#include <doctest/doctest.h>

namespace isag::terminal {

TEST_CASE("strings that libvterm would show become such as it passes over, wherever the output is cut") {
    const std::string output = "X^_\x1b[mX\x1b_Gi=1;A\x1b\\\x1b^x\x1b\x1bXy\x1b\\_\x1b";
    const std::string expected = "X^_\x1b[mX\x1bPGi=1;A\x1b\\\x1bPx\x1b\x1bPy\x1b\\_\x1b";
    for (std::size_t cut = 0; cut <= output.size(); ++cut) {
        KnownStrings strings;
        std::string out(strings.translate(std::string_view(output).substr(0, cut)));
        out += strings.translate(std::string_view(output).substr(cut));
        CHECK(out == expected);
        CHECK(strings.translate("_b") == "Pb");  // it ended in ESC
        CHECK(strings.translate("_b") == "_b");
    }
}

}  // namespace isag::terminal
