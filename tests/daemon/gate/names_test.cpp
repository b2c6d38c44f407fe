// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/names.hpp"
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

using isag::UniqueFd;
using isag::gate::Names;

namespace {

UniqueFd memory() { return UniqueFd(::memfd_create("names", MFD_CLOEXEC)); }

}  // namespace

TEST_CASE("a name keeps its address, and another gets another") {
    Names names(memory());
    const auto first = names.address_of("a.example");
    REQUIRE(first);
    CHECK(*first == Names::first);
    CHECK(names.address_of("b.example") == Names::first + 1);
    CHECK(names.address_of("a.example") == first);
    CHECK(names.name_of(*first) == "a.example");
    CHECK(isag::gate::dotted(*first) == "198.18.0.2");
    CHECK_FALSE(names.name_of(Names::own));
    CHECK_FALSE(names.name_of(Names::first + 2));
    CHECK_FALSE(names.name_of(0xffffffff));
    CHECK(Names::is_synthetic(0xc613ffff));
    CHECK_FALSE(Names::is_synthetic(0xc6140000));
}

TEST_CASE("the next worker gives out the same addresses") {
    const auto kept = memory();
    {
        Names names(kept.duplicate());
        names.address_of("a.example");
        names.address_of("b.example");
    }
    REQUIRE(::write(kept.get(), "half", 4) == 4);  // the last worker died here
    Names names(kept.duplicate());
    CHECK(names.size() == 2);
    CHECK(names.address_of("c.example") == Names::first + 2);
    CHECK(names.address_of("b.example") == Names::first + 1);
    Names again(kept.duplicate());
    CHECK(again.name_of(Names::first + 2) == "c.example");
}

TEST_CASE("endless names run out of addresses, and memory does not grow") {
    Names names(memory());
    for (std::size_t i = 0; i < Names::most; ++i) REQUIRE(names.address_of("n" + std::to_string(i) + ".example"));
    CHECK_FALSE(names.address_of("one-more.example"));
    CHECK(names.address_of("n7.example"));
    CHECK(names.size() == Names::most);
}
