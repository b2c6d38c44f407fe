// SPDX-License-Identifier: Apache-2.0
#include "client/copy/entry_name.hpp"
#include <doctest/doctest.h>

namespace isag {

TEST_CASE("an entry's name is a plain path below its folder, or refused") {
    for (const std::string same : {"a", "a/b/c", "...", "..a", "a..", ".a", "-", "a\nb", "\xff\xfe", " ", "a\\..\\b"}) {
        CAPTURE(same);
        CHECK(checked_entry_name(same).value() == same);
        CHECK(checked_entry_name("./" + same).value() == same);
        CHECK(checked_entry_name("./././" + same + "/").value() == same);
    }
    for (const std::string folder : {".", "./", "./."}) CHECK(checked_entry_name(folder).value() == "");
    for (const std::string bad : {"", "/", "/a", "//a", "..", "../a", "./../a", "a/..", "a/../b", "a/../../b", "a//b",
                                  "a/./b", "a//", ".//a", "/..", "a/.", "../"}) {
        CAPTURE(bad);
        CHECK(checked_entry_name(bad).has_error());
    }
    CHECK(checked_entry_name(std::string(4095, 'a')).has_value());
    CHECK(checked_entry_name(std::string(4096, 'a')).has_error());
    CHECK(checked_entry_name("../\x1b[2J").error().message ==
          "the archive has an entry '../\\x1b[2J', which is no plain path below its folder");
}

TEST_CASE("every entry is below the first one, which is the source itself") {
    EntryRoot root;
    CHECK(root.below("./src/").value() == "");
    CHECK(root.below("./src/a").value() == "a");
    CHECK(root.below("src/a/b").value() == "a/b");
    CHECK(root.below("./src").value() == "");
    for (const std::string outside : {"./other", "./src2/a", "./srcx", ".", "..", "./src/../x"}) {
        CAPTURE(outside);
        CHECK(root.below(outside).has_error());
    }
    EntryRoot whole;
    CHECK(whole.below("./").value() == "");
    CHECK(whole.below("./a/b").value() == "a/b");
    EntryRoot deep;
    CHECK(deep.below("./a/b").has_error());
}

}  // namespace isag
