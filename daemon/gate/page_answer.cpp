// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/page_answer.hpp"

namespace isag::gate {

std::string page_answer(const FirstLook& look, const std::function<std::string(std::string_view path)>& page) {
    if (look.kind != FirstBytes::http) return forbidden_answer(look.why, {});
    std::string path = look.request->target();
    path.erase(std::min(path.find('?'), path.size()));
    std::string body = page ? page(path) : std::string();
    const bool found = !body.empty();
    if (!found) body = "There is no such page.\n";
    std::string out = found ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 404 Not Found\r\n";
    out +=
        found && path == "/json" ? "Content-Type: application/json\r\n" : "Content-Type: text/plain; charset=utf-8\r\n";
    out +=
        "Cache-Control: no-store\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
    return out + body;
}

}  // namespace isag::gate
