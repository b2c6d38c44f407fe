// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/sandbox/linked_init.hpp"
#include "tests/daemon/sandbox/registry_fixture.hpp"
#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>
#include <unistd.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::sandbox;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

Record left_record() {
    Record record;
    record.id = "0123456789ab";
    record.nonce = "ours";
    record.name = "web";
    record.container = "c1";
    record.main = 2;
    record.session.emplace();
    record.session->terminal = true;
    return record;
}

// A sandbox that an earlier isagd left, whose init is this test.
struct Left : RegistryFixture {
    Left()
        : RegistryFixture([](const FakeRequest& request, FakeExchange& exchange) {
              if (request.line() != "GET /containers/c1/json") return exchange.answer(200, "[]");
              exchange.answer(200, R"({"Id":"c1","State":{"Running":true,"Pid":)" + std::to_string(::getpid()) +
                                       R"(},"Config":{"Labels":{"isag.nonce":"ours"}}})");
          }) {
        RecordStore(directories().state).save(left_record());
    }
    std::shared_ptr<proto::Channel> dial() {
        asio::local::stream_protocol::socket end(engine.context);
        const auto path = run_folder(directories(), left_record().id).socket_folder() / proto::init::socket_name;
        end.connect(asio::local::stream_protocol::endpoint(path.string()));
        auto channel = std::make_shared<proto::Channel>(std::move(end));
        channel->notify("ready", proto::to_json(proto::init::Ready{proto::protocol_version}));
        return channel;
    }
    std::string log() const {
        std::string out;
        for (const auto& part : terminal::OutputLog::open_parts(directories().state / "logs" / left_record().id)) {
            std::string text(static_cast<std::size_t>(part.size), '\0');
            CHECK(::pread(part.file.get(), text.data(), text.size(), 0) == part.size);
            out += text;
        }
        return out;
    }
};

// A terminal whose program has printed something that nobody has read.
struct Printed {
    explicit Printed(std::string_view text) : master(std::move(make_fds("m", {}).front())) {
        slave.reset(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
        REQUIRE(::write(slave.get(), text.data(), text.size()) == std::ssize(text));
    }
    UniqueFd master;
    UniqueFd slave;
};

// What a command sees that comes first.
struct FirstCommand {
    bool done = false;
    std::string log;
    Sandbox::Status status = Sandbox::Status::starting;
};

asio::awaitable<void> look(Registry& registry, Left& left, FirstCommand& out) {
    const auto sandbox = registry.with_id(left_record().id);
    co_await registry.wait_adopted();
    out.status = sandbox->status();
    out.log = left.log();
    out.done = true;
}

asio::awaitable<void> write_to_end(std::shared_ptr<proto::Channel> channel) { co_await channel->write_loop(); }

void send_with(proto::Channel& channel, const std::string& line, UniqueFd fd) {
    std::vector<UniqueFd> fds;
    fds.push_back(std::move(fd));
    channel.send(line, std::move(fds));
}

// Init dials late, and answers what is asked of it; `say` comes first.
asio::awaitable<void> first_command(Left& left, Registry& registry, Printed& printed, bool ended, FirstCommand& seen) {
    TaskGroup tasks(co_await asio::this_coro::executor, [](std::exception_ptr) {});
    co_await registry.adopt();
    tasks.spawn(look(registry, left, seen));
    asio::steady_timer pause(co_await asio::this_coro::executor, 50ms);
    co_await pause.async_wait(asio::use_awaitable);
    CHECK_FALSE(seen.done);
    const auto init = left.dial();
    tasks.spawn(write_to_end(init));
    if (ended) {
        const auto line = proto::notification_line("ended", proto::to_json(proto::init::Ended{2, 4, {}, {}, {}}), 1);
        send_with(*init, line, std::move(printed.master));
    }
    const auto asked = co_await init->receive();
    REQUIRE(asked->message.method == "terminal");
    if (ended)
        init->send(proto::error_line(asked->message.id, Error("it has ended", "", ErrorKind::not_found)));
    else
        send_with(*init, proto::result_line(asked->message.id, proto::to_json(proto::Nothing()), 1),
                  std::move(printed.master));
    while (!seen.done) {
        pause.expires_after(1ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
    init->close();
    tasks.cancel();
    co_await tasks.join();
}

}  // namespace

TEST_CASE("the first command after isagd died sees what was printed and what ended while none was there") {
    for (const bool ended : {false, true}) {
        CAPTURE(ended);
        Left left;
        Printed printed("last words");
        FirstCommand seen;
        left.run([&](Registry& registry) { return first_command(left, registry, printed, ended, seen); });
        CHECK(seen.status == (ended ? Sandbox::Status::ended : Sandbox::Status::running));
        CHECK(seen.log == "last words");
    }
}

TEST_CASE("an init that does not dial holds no command up for long") {
    Left left;
    FirstCommand seen;
    const auto begin = std::chrono::steady_clock::now();
    left.run([&](Registry& registry) -> asio::awaitable<void> {
        co_await registry.adopt();
        co_await look(registry, left, seen);
        co_await look(registry, left, seen);
    });
    CHECK(seen.status == Sandbox::Status::running);
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
}
