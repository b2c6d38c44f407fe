// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_channel.hpp"
#include "client/output.hpp"
#include "client/ssh_library.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>

namespace isag {
namespace {

constexpr long login_limit = 20;  // seconds

// libssh takes in what a server sends beyond its window, so that is not left to libssh.
constexpr std::size_t most_unread = std::size_t{4} << 20;              // bytes: more than the window that libssh grants
constexpr std::uint64_t most_before_output = std::uint64_t{64} << 20;  // bytes that come while ours wait to be taken
constexpr int most_requests = 100;                                     // of the server's own, which OpenSSH's never has

struct FreeSession {
    void operator()(ssh_session session) const {
        ssh_library().disconnect(session);
        ssh_library().session_free(session);
    }
};
struct FreeChannel {
    void operator()(ssh_channel channel) const { ssh_library().channel_free(channel); }
};
struct FreeEvent {
    void operator()(ssh_event event) const { ssh_library().event_free(event); }
};
struct FreeKey {
    void operator()(ssh_key key) const { ssh_library().key_free(key); }
};
using SessionPtr = std::unique_ptr<ssh_session_struct, FreeSession>;
using ChannelPtr = std::unique_ptr<ssh_channel_struct, FreeChannel>;
using EventPtr = std::unique_ptr<ssh_event_struct, FreeEvent>;
using KeyPtr = std::unique_ptr<ssh_key_struct, FreeKey>;

[[noreturn]] void fail(const SessionPtr& session, const std::string& what, const std::string& hint = {}) {
    // It may end in the server's own words, which are not to begin a line of ours.
    throw Error(what + ": " + escape_controls(ssh_library().get_error(session.get())), hint);
}

// What it tells of the server are the server's own words.
void log_line(int, const char*, const char* text, void*) { print_error("libssh: " + escape_controls(text) + "\r\n"); }

SessionPtr new_session(const SshChannel::Login& login, int socket) {
    SessionPtr session(ssh_library().session_new());
    if (!session) throw Error("libssh cannot make a session");
    const bool no_files = false;
    const int verbosity = login.verbose ? SSH_LOG_PROTOCOL : SSH_LOG_NOLOG;
    const auto set = [&](ssh_options_e option, const void* value) {
        if (ssh_library().options_set(session.get(), option, value) != SSH_OK)
            fail(session, "libssh refuses an option");
    };
    ssh_library().set_log_callback(log_line);
    set(SSH_OPTIONS_LOG_VERBOSITY, &verbosity);
    set(SSH_OPTIONS_PROCESS_CONFIG, &no_files);
    set(SSH_OPTIONS_HOST, "isag");
    set(SSH_OPTIONS_USER, login.user.c_str());
    set(SSH_OPTIONS_HOSTKEYS, "ssh-ed25519");
    for (const auto file : {SSH_OPTIONS_KNOWNHOSTS, SSH_OPTIONS_GLOBAL_KNOWNHOSTS}) set(file, "/dev/null");
    set(SSH_OPTIONS_TIMEOUT, &login_limit);
    set(SSH_OPTIONS_FD, &socket);
    return session;
}

void check_host_key(const SessionPtr& session, const std::filesystem::path& file) {
    ssh_key raw = nullptr;
    if (ssh_library().pki_import_pubkey_file(file.c_str(), &raw) != SSH_OK)
        throw Error("cannot read the sandbox's host key, " + file.string(),
                    "'isag build' makes it where it is missing");
    const KeyPtr expected(raw);
    raw = nullptr;
    if (ssh_library().get_server_publickey(session.get(), &raw) != SSH_OK) fail(session, "the sshd shows no host key");
    const KeyPtr shown(raw);
    if (ssh_library().key_cmp(expected.get(), shown.get(), SSH_KEY_CMP_PUBLIC) != 0)
        throw Error("the sandbox's sshd shows another host key than " + file.string(),
                    "it is not the one that isag started, or that file was replaced; nothing was sent to it");
}

void log_in(const SessionPtr& session, const std::filesystem::path& file) {
    ssh_key raw = nullptr;
    if (ssh_library().pki_import_privkey_file(file.c_str(), "", nullptr, nullptr, &raw) != SSH_OK)
        throw Error("cannot read the key to log in with, " + file.string(),
                    "'isag build' makes it where it is missing");
    const KeyPtr key(raw);
    if (ssh_library().userauth_publickey(session.get(), nullptr, key.get()) != SSH_AUTH_SUCCESS)
        fail(session, "the sandbox's sshd refuses the key " + file.string(),
             "its image may not let this user in by ssh; 'isag exec' goes in without sshd");
}

int signal_named(std::string_view name) {
    for (int number = 1; number < NSIG; ++number) {
        const char* abbreviation = ::sigabbrev_np(number);
        if (abbreviation && name == abbreviation) return number;
    }
    return SIGKILL;  // a name of the other system's own (RFC 4254, 6.10)
}

}  // namespace

struct SshChannel::Impl {
    Impl(SessionPtr opened, int socket)
        : number(socket), session(std::move(opened)), channel(ssh_library().channel_new(session.get())) {
        if (!channel) fail(session, "libssh cannot make a channel");
        callbacks.size = sizeof callbacks;
        callbacks.userdata = this;
        callbacks.channel_data_function = [](ssh_session, ssh_channel, void*, std::uint32_t all, int errors,
                                             void* self) {
            static_cast<Impl*>(self)->take_note_of(all, errors != 0);
            return 0;  // libssh keeps it
        };
        callbacks.channel_exit_status_function = [](ssh_session, ssh_channel, int code, void* self) {
            static_cast<Impl*>(self)->status = code & 0xff;
        };
        callbacks.channel_exit_signal_function = [](ssh_session, ssh_channel, const char* name, int, const char*,
                                                    const char*, void* self) {
            static_cast<Impl*>(self)->status = 128 + signal_named(name);
        };
        ssh_library().set_channel_callbacks(channel.get(), &callbacks);
        // Without it libssh keeps what the server asks for until somebody looks.
        ssh_library().set_message_callback(session.get(), refuse_request, this);
        ssh_library().set_counters(session.get(), &moved, nullptr);
    }

    // While libssh waits for an answer it reads on whatever comes.
    void take_note_of(std::size_t all, bool errors) {
        unread.at(errors) = all;
        if (all > 2 * most_unread) hang_up();
    }
    static int refuse_request(ssh_session, ssh_message, void* self) {
        auto& impl = *static_cast<Impl*>(self);
        if (++impl.requests > most_requests) impl.hang_up();
        return 1;  // libssh refuses it
    }
    // A server that takes nothing while it sends on would have libssh hold ever more of its answers.
    void check_output() {
        if (!has_output()) taken_at = moved.in_bytes;
        if (moved.in_bytes - taken_at > most_before_output) hang_up();
    }
    // Also from within libssh, which then sees the end of the connection.
    void hang_up() {
        misbehaved = true;
        ::shutdown(number, SHUT_RDWR);
    }

    void check_behaviour() const {
        if (misbehaved)
            throw Error("the sandbox's sshd sent more than it may, and was hung up on",
                        "it is not as isag started it; 'isag exec' goes in without sshd");
    }
    [[noreturn]] void refused(const std::string& what) const {
        check_behaviour();
        fail(session, what);
    }

    void start(const Program& program) {
        const auto& ssh = ssh_library();
        if (ssh.channel_open_session(channel.get()) != SSH_OK) refused("the sandbox's sshd opens no session");
        const auto term = find(program.environment, "TERM");
        if (program.terminal && ssh.channel_request_pty_size(channel.get(), term.value_or("xterm").c_str(),
                                                             static_cast<int>(program.terminal->columns),
                                                             static_cast<int>(program.terminal->rows)) != SSH_OK)
            refused("the sandbox's sshd has no terminal");
        for (const auto& [name, value] : program.environment)
            if (name != "TERM") ssh.channel_request_env(channel.get(), name.c_str(), value.c_str());
        const int started = program.command ? ssh.channel_request_exec(channel.get(), program.command->c_str())
                                            : ssh.channel_request_shell(channel.get());
        if (started != SSH_OK) refused("the sandbox's sshd starts nothing");
        ssh.set_blocking(session.get(), 0);
        event.reset(ssh.event_new());
        if (!event || ssh.event_add_session(event.get(), session.get()) != SSH_OK)
            throw Error("libssh cannot watch its connection");
    }

    bool is_full() const { return unread[0] + unread[1] > most_unread; }

    // libssh holds bytes to be sent, or does not know yet that it could send some.
    bool has_output() const { return (ssh_library().get_poll_flags(session.get()) & SSH_WRITE_PENDING) != 0; }

    ~Impl() {
        if (event) ssh_library().event_remove_session(event.get(), session.get());
    }

    // What libssh writes into or calls back with, until the session is gone.
    ssh_channel_callbacks_struct callbacks{};
    ssh_counter_struct moved{};
    int number;
    std::optional<int> status;
    std::array<std::size_t, 2> unread{};  // bytes that libssh keeps of stdout and stderr
    std::uint64_t taken_at = 0;           // of moved.in_bytes: nothing of ours waited then
    int requests = 0;                     // of the server
    bool misbehaved = false;

    SessionPtr session;
    ChannelPtr channel;
    EventPtr event;
};

SshChannel::SshChannel(UniqueFd socket, const Login& login, const Program& program) {
    const int number = socket.get();
    auto session = new_session(login, number);
    socket.release();  // libssh closes it
    if (ssh_library().connect(session.get()) != SSH_OK) fail(session, "the sandbox's sshd does not answer");
    // libssh clears it there, and waits in send(2) then.
    if (::fcntl(number, F_SETFL, O_NONBLOCK) != 0) throw errno_error("cannot set up the connection", errno);
    check_host_key(session, login.keys / "ssh_host_ed25519_key.pub");
    log_in(session, login.keys / "id_ed25519");
    impl_ = std::make_unique<Impl>(std::move(session), number);
    impl_->start(program);
}

SshChannel::~SshChannel() = default;

int SshChannel::socket() const { return impl_->number; }

short SshChannel::wanted_events() const {
    return static_cast<short>((impl_->is_full() ? 0 : POLLIN) | (impl_->has_output() ? POLLOUT : 0));
}

bool SshChannel::advance() {
    if (impl_->is_full()) return true;
    impl_->check_output();
    return ssh_library().event_dopoll(impl_->event.get(), 0) != SSH_ERROR &&
           ssh_library().is_connected(impl_->session.get()) != 0;
}

// Where there is nothing libssh would take in more, and lose it should the connection end with that.
void SshChannel::read(bool errors, std::size_t most, std::string& out) {
    std::size_t& unread = impl_->unread.at(errors);
    most = std::min(most, unread);
    if (most == 0) return;
    const std::size_t before = out.size();
    out.resize(before + most);
    const int n = ssh_library().channel_read_nonblocking(impl_->channel.get(), &out[before],
                                                         static_cast<std::uint32_t>(most), errors ? 1 : 0);
    out.resize(before + static_cast<std::size_t>(std::max(n, 0)));
    unread = n > 0 ? unread - static_cast<std::size_t>(n) : 0;  // 0: lost with the connection
}

// Nothing while libssh still holds bytes: a server that reads nothing would have it hold ever more.
std::size_t SshChannel::write(std::string_view bytes) {
    const auto& ssh = ssh_library();
    if (impl_->has_output() || is_closed()) return 0;
    const std::size_t size = std::min<std::size_t>(bytes.size(), ssh.channel_window_size(impl_->channel.get()));
    if (size == 0) return 0;
    // Less than that, or nothing, while keys are exchanged anew.
    const int n = ssh.channel_write(impl_->channel.get(), bytes.data(), static_cast<std::uint32_t>(size));
    return static_cast<std::size_t>(std::max(n, 0));
}

void SshChannel::end_input() { ssh_library().channel_send_eof(impl_->channel.get()); }

void SshChannel::resize(const proto::TerminalSize& size) {
    ssh_library().channel_change_pty_size(impl_->channel.get(), static_cast<int>(size.columns),
                                          static_cast<int>(size.rows));
}

bool SshChannel::is_closed() const { return ssh_library().channel_is_closed(impl_->channel.get()) != 0; }

void SshChannel::check_behaviour() const { impl_->check_behaviour(); }

std::optional<int> SshChannel::status() const { return impl_->status; }

}  // namespace isag
