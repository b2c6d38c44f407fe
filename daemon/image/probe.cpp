// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/probe.hpp"
#include "common/deadline.hpp"
#include "daemon/image/proxy.hpp"
#include "daemon/image/stored_answers.hpp"
#include <boost/asio/cancellation_state.hpp>
#include <ctime>
#include <exception>
#include <nlohmann/json.hpp>
#include <random>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::image {
namespace {

constexpr std::chrono::minutes limit{5};  // for apt-get update over a slow line

StoredAnswers facts_file(const ProbeRequest& request) { return StoredAnswers(request.cache / "facts.json"); }
std::string question(const ProbeRequest& request) { return request.id + " python " + request.python; }

std::string container_name() {
    std::random_device random;
    const std::uint64_t number = (std::uint64_t{random()} << 32) | random();
    return "isag-probe-" + std::to_string(number);
}

std::shared_ptr<const json> container_spec(const ProbeRequest& request) {
    json spec;
    spec["Image"] = request.id;
    spec["User"] = "0:0";
    spec["Entrypoint"] = json::array({"/bin/sh", "-c"});
    spec["Cmd"] = json::array({probe_script(request.python)});
    spec["WorkingDir"] = "/";
    spec["Labels"] = request.labels;
    spec["Labels"]["isag.role"] = "probe";
    spec["Healthcheck"] = {{"Test", json::array({"NONE"})}};
    spec["Env"] = json::array();
    for (const auto& [name, value] : proxy_variables(request.environment)) spec["Env"].push_back(name + "=" + value);
    spec["HostConfig"] = {{"SecurityOpt", json::array({"no-new-privileges"})}, {"PidsLimit", 512}};
    return std::make_shared<const json>(std::move(spec));
}

// A list of somebody else's that could not be fetched (behind an inspecting proxy, whose certificate the base image
// does not know) does not matter; the distribution's own do.
bool worth_keeping(const BaseFacts& facts) {
    return facts.lists_complete || (!facts.python3_candidate.empty() && !facts.npm_candidate.empty());
}

asio::awaitable<std::string> output_of(engine::Engine& engine, std::string id) {
    co_await engine.start_container(id);
    co_await engine.wait_container(id);
    co_return co_await engine.container_output(id);
}

// Where creating was cancelled the engine may still be at it, and only the name is known.
asio::awaitable<void> remove_when_there(engine::Engine& engine, std::string name) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (int i = 0; i < 20; ++i) {
        const auto found = co_await engine.inspect_container(name);
        if (found) break;
        timer.expires_after(std::chrono::milliseconds(100));
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_await engine.remove_container(name);
}

asio::awaitable<std::string> run_probe(engine::Engine& engine, ProbeRequest request) {
    const std::string name = container_name();
    auto spec = container_spec(request);
    std::string output;
    std::exception_ptr error;
    bool created = false;
    bool refused = false;
    try {
        const std::string id = co_await engine.create_container(name, std::move(spec));
        created = true;
        auto running = output_of(engine, id);
        output = co_await with_deadline(std::move(running), limit, "looking into the base image");
    } catch (const Error&) {
        refused = !created;
        error = std::current_exception();
    } catch (...) {
        error = std::current_exception();
    }
    // Here and not in a coroutine of its own: calling one throws as long as the cancellation stands.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    try {
        if (created) co_await engine.remove_container(name);
        if (!created && !refused) co_await remove_when_there(engine, name);
    } catch (const Error&) {
        if (!error) error = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (error) std::rethrow_exception(error);
    co_return output;
}

}  // namespace

std::optional<BaseFacts> kept_facts(const ProbeRequest& request) {
    const auto kept = facts_file(request).find(question(request));
    if (!kept) return {};
    auto facts = parse_probe(kept->text);
    if (!facts) return {};
    return std::move(*facts);
}

asio::awaitable<BaseFacts> probe(engine::Engine& engine, ProbeRequest request) {
    const std::string context = "the base image " + request.reference;
    std::string output;
    try {
        output = co_await run_probe(engine, request);
    } catch (const Error& error) {
        if (error.message().find("/bin/sh") == std::string::npos) throw error.within(context);
        throw Error(context + ": there is no shell in it: isag builds on Debian and Ubuntu based images",
                    "choose another container.base_image, e.g. debian:12 or ubuntu:24.04");
    }
    auto facts = parse_probe(output);
    if (!facts) throw Error(facts.error()).within(context);
    if (worth_keeping(*facts)) facts_file(request).put(question(request), {output, std::time(nullptr)});
    co_return std::move(*facts);
}

}  // namespace isag::image
