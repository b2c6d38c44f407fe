// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace isag::engine {

struct HttpRequest {
    std::string method;
    std::string target;
    std::string body = {};
    std::string content_type = "application/json";
    std::shared_ptr<UniqueFd> upload = {};  // instead of body: read to its end and sent in chunks
};

struct HttpResponse {
    int status = 0;
    std::string body;
};

// HTTP/1.1 to the engine, connections kept alive between requests. Throws Error: "the engine does not answer …" where
// nothing listens or the connection breaks.
class Http {
public:
    using OnBytes = std::function<void(std::string_view bytes)>;
    virtual ~Http() = default;
    // The whole response, at most 64 MiB. Limit: how long it may take.
    virtual boost::asio::awaitable<HttpResponse> send(HttpRequest request, std::chrono::seconds limit) = 0;
    // The body as it arrives, without a limit of time; a status of 400 and more is returned with its body instead.
    virtual boost::asio::awaitable<HttpResponse> stream(HttpRequest request, OnBytes on_bytes) = 0;
};

// Every target gets `prefix` in front ("/v1.41").
std::unique_ptr<Http> make_unix_http(std::string socket_path, std::string prefix);

}  // namespace isag::engine
