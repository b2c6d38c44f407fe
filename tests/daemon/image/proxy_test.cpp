// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/proxy.hpp"
#include <doctest/doctest.h>

using namespace isag::image;

TEST_CASE("proxy variables are passed in both cases, and no others") {
    const auto got =
        proxy_variables({{"HTTP_PROXY", "http://p:1"}, {"no_proxy", "a,b"}, {"SECRET", "x"}, {"HTTPS_PROXY", ""}});
    const isag::Environment expected = {
        {"HTTP_PROXY", "http://p:1"}, {"http_proxy", "http://p:1"}, {"NO_PROXY", "a,b"}, {"no_proxy", "a,b"}};
    CHECK(got == expected);
}

TEST_CASE("lower case wins over upper case") {
    CHECK(proxy_variables({{"http_proxy", "a"}, {"HTTP_PROXY", "b"}})["HTTP_PROXY"] == "a");
}

TEST_CASE("a URL's proxy goes by its scheme, else by all_proxy") {
    const isag::Environment both = {{"http_proxy", "http://one:1"}, {"https_proxy", "http://two:2"}};
    CHECK(proxy_for("https://x/", both) == "http://two:2");
    CHECK(proxy_for("http://x/", both) == "http://one:1");
    CHECK(proxy_for("https://x/", {{"ALL_PROXY", "socks5://s:3"}}) == "socks5://s:3");
    CHECK(proxy_for("https://x/", {}).empty());
}
