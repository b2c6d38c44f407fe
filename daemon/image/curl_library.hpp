// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <curl/curl.h>

namespace isag::image {

// libcurl, loaded when a registry is first asked: with what it brings along it is a fifth of isagd's memory, and most
// days need it once or not at all.
struct CurlLibrary {
    decltype(&curl_easy_init) easy_init;
    decltype(&curl_easy_cleanup) easy_cleanup;
    decltype(&curl_easy_setopt) easy_setopt;
    decltype(&curl_easy_perform) easy_perform;
    decltype(&curl_easy_getinfo) easy_getinfo;
    decltype(&curl_easy_strerror) easy_strerror;
};

// Ready for use from any thread. A failure where it is not installed.
const Result<CurlLibrary>& curl_library();

}  // namespace isag::image
