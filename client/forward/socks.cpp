// SPDX-License-Identifier: Apache-2.0
#include "client/forward/socks.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cassert>

namespace isag::forward {
namespace {

constexpr char version_5 = 5;
constexpr char no_authentication = 0;
constexpr char command_connect = 1;
constexpr std::uint8_t address_v4 = 1;
constexpr std::uint8_t address_name = 3;
constexpr std::uint8_t address_v6 = 4;
constexpr std::size_t port_size = 2;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

std::string address_words(int family, std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(family, bytes.data(), text.data(), text.size());
    return text.data();
}

bool is_name(std::string_view name) {
    const auto is_odd = [](unsigned char c) { return c <= ' ' || c >= 0x7f; };
    return !name.empty() && std::none_of(name.begin(), name.end(), is_odd);
}

}  // namespace

std::size_t SocksHandshake::wanted() const { return stage_ == Stage::ended ? 0 : needed_ - input_.size(); }

void SocksHandshake::feed(std::string_view bytes) {
    assert(bytes.size() <= wanted());
    input_ += bytes;
    while (stage_ != Stage::ended && input_.size() == needed_) step();
}

std::string SocksHandshake::take_answer() { return std::exchange(answer_, {}); }

void SocksHandshake::step() {
    switch (stage_) {
        case Stage::version:
            return take_version();
        case Stage::methods:
            return take_methods();
        case Stage::request:
            return take_request();
        case Stage::address:
            return take_address();
        case Stage::ended:
            return;
    }
}

void SocksHandshake::take_version() {
    if (input_[0] == 4) return refuse(std::string("\0\x5b\0\0\0\0\0\0", 8), "it speaks SOCKS4");
    if (input_[0] != version_5) return refuse({}, "it does not speak SOCKS5");
    needed_ = 2U + byte_at(input_, 1);
    stage_ = Stage::methods;
}

void SocksHandshake::take_methods() {
    if (std::string_view(input_).substr(2).find(no_authentication) == std::string_view::npos)
        return refuse(std::string("\x05\xff", 2), "it insists on authentication");
    answer_ = std::string("\x05\x00", 2);
    input_.clear();
    needed_ = 5;  // with the first byte of the address, which may be its length
    stage_ = Stage::request;
}

void SocksHandshake::take_request() {
    if (input_[0] != version_5) return refuse({}, "it does not speak SOCKS5");
    if (input_[1] != command_connect)
        return refuse(socks_answer(SocksReply::command_unknown), "it asks for something else than a connection");
    kind_ = byte_at(input_, 3);
    if (kind_ == address_v4)
        needed_ = 4 + 4 + port_size;
    else if (kind_ == address_v6)
        needed_ = 4 + 16 + port_size;
    else if (kind_ == address_name)
        needed_ = 5U + byte_at(input_, 4) + port_size;
    else
        return refuse(socks_answer(SocksReply::address_unknown), "it knows another kind of address");
    stage_ = Stage::address;
}

void SocksHandshake::take_address() {
    const std::string_view all = input_;
    proto::Endpoint target;
    if (kind_ == address_v4) target.host = address_words(AF_INET, all.substr(4, 4));
    if (kind_ == address_v6) target.host = address_words(AF_INET6, all.substr(4, 16));
    if (kind_ == address_name) target.host = all.substr(5, all.size() - 5 - port_size);
    target.port = byte_at(all, all.size() - 2) << 8 | byte_at(all, all.size() - 1);
    if (!is_name(target.host)) return refuse(socks_answer(SocksReply::failed), "it asks for what is no host name");
    if (target.port == 0) return refuse(socks_answer(SocksReply::failed), "it asks for port 0");
    target_ = std::move(target);
    stage_ = Stage::ended;
}

void SocksHandshake::refuse(std::string answer, std::string why) {
    answer_ += answer;
    refusal_ = std::move(why);
    stage_ = Stage::ended;
}

std::string socks_answer(SocksReply reply) {
    // Bound to 0.0.0.0:0: where inside is of no use out here.
    return std::string{version_5, static_cast<char>(reply), 0, static_cast<char>(address_v4), 0, 0, 0, 0, 0, 0};
}

SocksReply socks_reply_for(const Error& error) {
    // The daemon's kinds do not tell these apart; its words, which it takes from strerror(3) and the firewall, do.
    const auto says = [&](const char* words) { return error.message().find(words) != std::string::npos; };
    if (says("firewall refuses")) return SocksReply::not_allowed;
    if (says("nreachable") || says("No route") || says("nobody answers") || says("took longer") || says("resolve"))
        return SocksReply::host_unreachable;
    return error.kind() == ErrorKind::not_found ? SocksReply::refused : SocksReply::failed;
}

}  // namespace isag::forward
