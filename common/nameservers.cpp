// SPDX-License-Identifier: Apache-2.0
#include "common/nameservers.hpp"
#include <sstream>

namespace isag {

std::vector<std::string> nameservers(std::string_view text) {
    std::vector<std::string> out;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string keyword, address;
        if (words >> keyword >> address && keyword == "nameserver") out.push_back(address);
    }
    return out;
}

}  // namespace isag
