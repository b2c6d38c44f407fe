// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/gate_link.hpp"
#include "daemon/firewall/process_status.hpp"
#include "proto/descriptor_kind.hpp"
#include "proto/older_peer.hpp"
#include "proto/peer_link.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace wire = isag::proto::gate;

namespace isag::firewall {
namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr std::chrono::seconds redial_limit{5};    // a worker that died is followed by another
constexpr std::chrono::seconds connect_limit{15};  // the gate itself gives up after 10

// The gate's user is another than ours, so its namespaces can't be read; its ancestry can.
bool is_worker(pid_t peer, uid_t uid, pid_t gate) {
    const auto worker = process_status(peer);
    const auto supervisor = process_status(gate);
    return worker && supervisor && worker->parent == gate && uid == supervisor->uid;
}

template <class T>
T result_of(const proto::Incoming& incoming, const char* what) {
    if (!incoming.fds.empty()) throw Error("isag-gate sent descriptors that nobody asked for");
    return proto::from_json<T>(*incoming.message.payload, what).value();
}

template <class T>
proto::Payload payload_of(T message) {
    return std::make_shared<const nlohmann::json>(proto::to_json(std::move(message)));
}

}  // namespace

struct GateLink::Impl {
    Impl(asio::any_io_executor executor, const std::filesystem::path& socket)
        : link(executor, socket,
               {.name = "isag-gate",
                .believes = [this](pid_t peer, uid_t uid) { return is_worker(peer, uid, link.expected()); },
                .ready = [this](const proto::Message& greeting) { greet(greeting); },
                .connected =
                    [this] {
                        if (on_ready) on_ready(ready);
                    },
                .notification = [this](const proto::Incoming& incoming) { take(incoming.message); },
                .lost =
                    [this] {
                        if (on_lost) on_lost();
                    }}) {}

    void greet(const proto::Message& greeting) {
        ready = proto::from_json<wire::Ready>(*greeting.payload, "ready").value();
        if (ready.protocol != proto::protocol_version) throw Error("isag-gate is of another version than isagd");
    }
    void take(const proto::Message& message) {
        if (message.method != "events") throw Error("unexpected message");
        const auto events = proto::from_json<wire::Events>(*message.payload, "events").value();
        if (on_events) on_events(events);
    }

    wire::Ready ready;
    OnEvents on_events;
    OnReady on_ready;
    OnLost on_lost;
    proto::PeerLink link;
};

GateLink::GateLink(asio::any_io_executor executor, const std::filesystem::path& socket)
    : impl_(std::make_unique<Impl>(executor, socket)) {}

GateLink::~GateLink() = default;

asio::awaitable<wire::Ready> GateLink::wait_ready(pid_t gate, std::chrono::milliseconds limit) {
    expect(gate);
    co_await impl_->link.wait_ready(limit);
    co_return impl_->ready;
}

asio::awaitable<void> GateLink::configure(wire::Configure settings) {
    auto params = payload_of(std::move(settings));
    const auto answer = co_await impl_->link.request("configure", std::move(params), answer_limit);
    result_of<proto::Nothing>(answer, "configure's result");
}

asio::awaitable<wire::Changed> GateLink::change(wire::Change change) {
    auto params = payload_of(std::move(change));
    co_await impl_->link.wait_ready(redial_limit);
    const auto answer = co_await impl_->link.request("change", std::move(params), answer_limit);
    co_return result_of<wire::Changed>(answer, "change's result");
}

asio::awaitable<wire::Checked> GateLink::check(wire::Check check) {
    auto params = payload_of(std::move(check));
    co_await impl_->link.wait_ready(redial_limit);
    const auto answer = co_await impl_->link.request("check", std::move(params), answer_limit);
    co_return result_of<wire::Checked>(answer, "check's result");
}

asio::awaitable<wire::State> GateLink::show() {
    auto params = payload_of(proto::Nothing());
    co_await impl_->link.wait_ready(redial_limit);
    const auto answer = co_await impl_->link.request("show", std::move(params), answer_limit);
    co_return result_of<wire::State>(answer, "show's result");
}

asio::awaitable<wire::Totals> GateLink::totals() {
    auto params = payload_of(proto::Nothing());
    co_await impl_->link.wait_ready(redial_limit);
    const auto answer = co_await impl_->link.request("totals", std::move(params), answer_limit);
    co_return result_of<wire::Totals>(answer, "totals' result");
}

asio::awaitable<bool> GateLink::answers() {
    auto params = payload_of(wire::Check{wire::own_name, 80});
    try {
        co_await impl_->link.ask("check", std::move(params), answer_limit);
        co_return true;
    } catch (const Error&) {
        co_return false;
    }
}

asio::awaitable<UniqueFd> GateLink::connect(wire::Connect target) {
    auto params = payload_of(std::move(target));
    co_await impl_->link.wait_ready(redial_limit);
    auto answer = co_await impl_->link.ask("connect", std::move(params), connect_limit);
    proto::throw_refusal(answer.message);
    if (answer.fds.size() != 1 || !proto::is_tcp_stream(answer.fds[0])) {
        impl_->link.drop();
        throw Error("isag-gate handed over something else than a connection");
    }
    co_return std::move(answer.fds[0]);
}

asio::awaitable<std::vector<UniqueFd>> GateLink::sockets(std::int64_t count) {
    auto params = payload_of(wire::Sockets{count});
    auto answer = co_await impl_->link.ask("sockets", std::move(params), answer_limit);
    proto::throw_refusal(answer.message);
    const bool as_many = answer.fds.size() == static_cast<std::size_t>(count);
    if (!as_many || !std::all_of(answer.fds.begin(), answer.fds.end(), proto::is_tcp_stream)) {
        impl_->link.drop();
        throw Error("isag-gate handed over something else than sockets to connect");
    }
    co_return std::move(answer.fds);
}

asio::awaitable<GateLink::Listeners> GateLink::listen(wire::Listen at) {
    auto params = payload_of(std::move(at));
    co_await impl_->link.wait_ready(redial_limit);
    auto answer = co_await impl_->link.ask("listen", std::move(params), answer_limit);
    proto::throw_refusal(answer.message);
    const auto reply = proto::from_json<wire::Listening>(*answer.message.payload, "listen's result").value();
    const bool few = answer.fds.size() == 1 || answer.fds.size() == 2;
    if (!few || !std::all_of(answer.fds.begin(), answer.fds.end(), proto::is_tcp_listener)) {
        impl_->link.drop();
        throw Error("isag-gate handed over something else than what listens");
    }
    co_return Listeners{reply.port, std::move(answer.fds)};
}

void GateLink::tell_siblings(wire::Siblings siblings) {
    impl_->link.notify("siblings", proto::to_json(std::move(siblings)));
}

void GateLink::on_events(OnEvents handler) { impl_->on_events = std::move(handler); }
void GateLink::on_ready(OnReady handler) { impl_->on_ready = std::move(handler); }
void GateLink::on_lost(OnLost handler) { impl_->on_lost = std::move(handler); }
bool GateLink::connected() const { return impl_->link.connected(); }
asio::awaitable<void> GateLink::run() { return impl_->link.run(); }
void GateLink::expect(pid_t gate) { impl_->link.expect(gate); }
pid_t GateLink::expected() const { return impl_->link.expected(); }
void GateLink::stop() { impl_->link.stop(); }

}  // namespace isag::firewall
