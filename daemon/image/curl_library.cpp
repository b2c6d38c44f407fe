// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/curl_library.hpp"
#include <dlfcn.h>
#include <string>

namespace isag::image {
namespace {

// libcurl's ABI since 7.16; its functions are only added to.
constexpr const char* library_name = "libcurl.so.4";

template <class F>
bool find_function(void* library, const char* name, F& out) {
    out = reinterpret_cast<F>(::dlsym(library, name));
    return out != nullptr;
}

Result<CurlLibrary> load() {
    void* const library = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);  // stays until the end
    if (!library) return Failure{std::string("cannot load ") + library_name, "install libcurl (libcurl4)"};
    CurlLibrary out{};
    decltype(&curl_global_init) global_init = nullptr;
    const bool whole = find_function(library, "curl_easy_init", out.easy_init) &&
                       find_function(library, "curl_easy_cleanup", out.easy_cleanup) &&
                       find_function(library, "curl_easy_setopt", out.easy_setopt) &&
                       find_function(library, "curl_easy_perform", out.easy_perform) &&
                       find_function(library, "curl_easy_getinfo", out.easy_getinfo) &&
                       find_function(library, "curl_easy_strerror", out.easy_strerror) &&
                       find_function(library, "curl_global_init", global_init);
    if (!whole) return Failure{std::string(library_name) + " lacks a function", "install libcurl 7.85 or later"};
    if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return Failure{"cannot start libcurl"};
    return out;
}

}  // namespace

const Result<CurlLibrary>& curl_library() {
    static const Result<CurlLibrary> library = load();
    return library;
}

}  // namespace isag::image
