// SPDX-License-Identifier: Apache-2.0
#include "client/bring.hpp"
#include "client/commands.hpp"
#include "client/relay.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "proto/forward.hpp"
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {

Syntax proxy_syntax() {
    return {.command = "proxy",
            .summary =
                "Connects stdin and stdout to the sshd of a running sandbox, or to a port of its loopback: for ssh's\n"
                "ProxyCommand. Where stdin and stdout are one unix socket (ssh's ProxyUseFdpass), the connection\n"
                "itself is sent over it, and the command ends.",
            .operands = "NAME [PORT]",
            .kind = Operands::any,
            .options = {{.name = "exact",
                         .help = "NAME is the sandbox's whole name, with nothing to be taken off or added"},
                        {.name = "relay", .help = "never send the connection itself, whatever stdout is"}},
            .examples = {"isag proxy web 3000", "isag proxy web 6379 < commands"}};
}

namespace {

// A connection, and the name of the sandbox that it leads to.
struct Opened {
    UniqueFd fd;
    std::string sandbox;
};

Opened open_connection(const Context& context, const proto::Target& target, const std::vector<std::string>& words) {
    if (words.size() == 1) {
        auto sshd = bring<proto::SshReply>(context, "ssh", proto::SshRequest{target});
        return {std::move(sshd.fd), sshd.reply.name};
    }
    const long port = number_argument(words[1], "PORT", 1, 65535);
    try {
        auto server = bring<proto::ConnectReply>(context, "connect", proto::ConnectRequest{target, {"", port, ""}});
        return {std::move(server.fd), server.reply.name};
    } catch (const Error& error) {
        if (!error.message().ends_with("Connection refused")) throw;
        throw Error(error.message(), "'isag ports " + escape_controls(*target.name) + "' lists what listens there",
                    error.kind());
    }
}

// isagd takes the beginning of a name for the name.
UniqueFd open_exactly(const Context& context, const std::vector<std::string>& words) {
    proto::Target target;
    target.name = words[0];
    auto opened = open_connection(context, target, words);
    if (opened.sandbox == words[0]) return std::move(opened.fd);
    throw Error("no sandbox is named " + escape_controls(words[0]), "'isag ps' lists those that run");
}

UniqueFd open_by_hand(const Context& context, const std::vector<std::string>& words) {
    proto::Target target;
    target.name = words[0];
    return open_connection(context, target, words).fd;
}

// As ssh(1) sets them up: stdin and stdout are the same unix(7) stream socket.
bool takes_descriptor() {
    int domain = 0, type = 0;
    socklen_t size = sizeof domain;
    if (::getsockopt(STDOUT_FILENO, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_UNIX) return false;
    if (::getsockopt(STDOUT_FILENO, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) return false;
    struct stat in {
    }, out{};
    return ::fstat(STDIN_FILENO, &in) == 0 && ::fstat(STDOUT_FILENO, &out) == 0 && in.st_dev == out.st_dev &&
           in.st_ino == out.st_ino;
}

void send_descriptor(const UniqueFd& fd) {
    char byte = 0;
    iovec data{&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};
    header.msg_iov = &data;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = fd.get();
    std::memcpy(CMSG_DATA(rights), &number, sizeof number);
    while (::sendmsg(STDOUT_FILENO, &header, MSG_NOSIGNAL) != 1)
        if (errno != EINTR) throw errno_error("cannot send the connection over stdout", errno);
}

}  // namespace

int proxy_run(const Context& context, const Arguments& arguments) {
    const auto& words = arguments.operands();
    if (words.empty() || words.size() > 2)
        throw Error(words.empty() ? "a sandbox is missing" : "unexpected argument '" + words[2] + "'",
                    "for example: isag proxy web 3000", ErrorKind::usage);
    UniqueFd connection = arguments.has("exact") ? open_exactly(context, words) : open_by_hand(context, words);
    set_nonblocking(connection, false);
    if (takes_descriptor() && !arguments.has("relay"))
        send_descriptor(connection);
    else
        relay(std::move(connection));
    return 0;
}

}  // namespace isag
