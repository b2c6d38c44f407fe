// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>

namespace isag::image {

struct FetchOptions {
    std::string url;          // http or https
    Environment environment;  // for its proxy variables
    std::string ca_file;      // bundle to trust; empty: libcurl's own
    std::chrono::milliseconds limit{5000};
};

// The body of a GET that ends with status 200, at most 1 MiB. libcurl runs in a thread of its own that ends with this
// call; cancelling takes up to a second.
boost::asio::awaitable<Result<std::string>> fetch(FetchOptions options);

}  // namespace isag::image
