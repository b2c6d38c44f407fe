// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/address.hpp"
#include <arpa/inet.h>

namespace isag::gate {

Result<dns::Address> parse_address(const std::string& text) {
    dns::Address out;
    out.v6 = text.find(':') != std::string::npos;
    if (::inet_pton(out.v6 ? AF_INET6 : AF_INET, text.c_str(), out.bytes.data()) != 1)
        return Failure{"'" + text + "' is no address"};
    return out;
}

std::string address_text(const dns::Address& address) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
    return text;
}

}  // namespace isag::gate
