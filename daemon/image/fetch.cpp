// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/fetch.hpp"
#include "daemon/image/proxy.hpp"
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <curl/curl.h>
#include <memory>
#include <mutex>
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

void set_options(CURL* curl, const FetchOptions& options, std::string& body, std::atomic<bool>& given_up) {
    curl_easy_setopt(curl, CURLOPT_URL, options.url.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 3L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.limit.count()));
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "isag");
    // Both always set, so that the daemon's own environment does not decide.
    curl_easy_setopt(curl, CURLOPT_PROXY, proxy_for(options.url, options.environment).c_str());
    const Environment proxies = proxy_variables(options.environment);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, find(proxies, "no_proxy").value_or("").c_str());
    if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_if_asked);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &given_up);
}

Result<std::string> get(const FetchOptions& options, std::atomic<bool>& given_up) {
    static std::once_flag initialised;
    std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl) return Failure{"cannot start libcurl"};
    std::string body;
    set_options(curl.get(), options, body, given_up);
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) return Failure{options.url + ": " + curl_easy_strerror(code)};
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
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
