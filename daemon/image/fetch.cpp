// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/fetch.hpp"
#include "daemon/image/curl_library.hpp"
#include "daemon/image/proxy.hpp"
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <optional>
#include <thread>

namespace asio = boost::asio;
namespace isag::image {
namespace {

constexpr std::size_t longest_body = 1 << 20;

std::size_t append(char* bytes, std::size_t, std::size_t size, void* body) {
    auto& out = *static_cast<std::string*>(body);
    if (out.size() + size > longest_body) return 0;
    out.append(bytes, size);
    return size;
}

int stop_if_asked(void* given_up, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool>*>(given_up)->load() ? 1 : 0;
}

void set_options(const CurlLibrary& library, CURL* curl, const FetchOptions& options, std::string& body,
                 std::atomic<bool>& given_up) {
    const auto set = library.easy_setopt;
    set(curl, CURLOPT_URL, options.url.c_str());
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_FOLLOWLOCATION, 1L);
    set(curl, CURLOPT_MAXREDIRS, 3L);
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.limit.count()));
    set(curl, CURLOPT_USERAGENT, "isag");
    // Both always set, so that the daemon's own environment does not decide.
    set(curl, CURLOPT_PROXY, proxy_for(options.url, options.environment).c_str());
    const Environment proxies = proxy_variables(options.environment);
    set(curl, CURLOPT_NOPROXY, find(proxies, "no_proxy").value_or("").c_str());
    if (!options.ca_file.empty()) set(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    set(curl, CURLOPT_WRITEFUNCTION, append);
    set(curl, CURLOPT_WRITEDATA, &body);
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, stop_if_asked);
    set(curl, CURLOPT_XFERINFODATA, &given_up);
}

Result<std::string> get(const FetchOptions& options, std::atomic<bool>& given_up) {
    const auto& library = curl_library();
    if (!library) return library.error();
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(library->easy_init(), library->easy_cleanup);
    if (!curl) return Failure{"cannot start libcurl"};
    std::string body;
    set_options(*library, curl.get(), options, body, given_up);
    const CURLcode code = library->easy_perform(curl.get());
    if (code != CURLE_OK) return Failure{options.url + ": " + library->easy_strerror(code)};
    long status = 0;
    library->easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return Failure{options.url + ": HTTP status " + std::to_string(status)};
    return body;
}

}  // namespace

asio::awaitable<Result<std::string>> fetch(FetchOptions options) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer ended(executor, asio::steady_timer::time_point::max());
    std::atomic<bool> given_up = false;
    std::optional<Result<std::string>> result;  // set on the loop's thread
    std::jthread thread([&] {
        auto got = get(options, given_up);
        asio::post(executor, [&, got = std::move(got)] {
            result = got;
            ended.cancel();
        });
    });
    while (!result) {
        co_await ended.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() == asio::cancellation_type::none) continue;
        // The thread refers to this frame: it ends first.
        given_up = true;
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    }
    if (given_up) throw boost::system::system_error(asio::error::operation_aborted);
    co_return std::move(*result);
}

}  // namespace isag::image
