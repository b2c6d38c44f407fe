// SPDX-License-Identifier: Apache-2.0
#include "common/nameservers.hpp"
#include <doctest/doctest.h>

using namespace isag;

TEST_CASE("nameservers: those of a resolv.conf, in their order, and nothing else") {
    CHECK(nameservers("# nameserver 1.1.1.1\n; x\nsearch example.com\nnameserver 198.51.100.1\n"
                      "nameserver\t2001:db8::1 # more\nnameserver\noptions edns0\nnameservers 9.9.9.9\n"
                      "nameserver 198.51.100.2") ==
          std::vector<std::string>{"198.51.100.1", "2001:db8::1", "198.51.100.2"});
    CHECK(nameservers("").empty());
}
