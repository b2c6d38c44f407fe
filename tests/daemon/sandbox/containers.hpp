// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/file.hpp"
#include "common/sha256.hpp"
#include "tests/support/fake_engine.hpp"
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace isag::test {

inline constexpr const char* other_namespace = "4711";

// An engine with two containers: the gate, g1, a real process that dials, and the agent, c1. Each step of theirs may be
// refused: "create g1", "start c1", and so on; "run c1": it ends at once.
class Containers {
public:
    explicit Containers(std::string failing) : failing_(std::move(failing)) {}

    FakeEngine::Script script() {
        return [this](const FakeRequest& request, FakeExchange& exchange) {
            const std::string line = request.line();
            if (line.starts_with("GET /images/")) return exchange.answer(200, image_reply());
            if (line == "POST /images/create") return exchange.answer(200, "{}");
            if (line == "GET /networks") return exchange.answer(200, "[]");
            if (line == "POST /networks/create") return exchange.answer(201, R"({"Id":"n1"})");
            if (line == "POST /containers/create") return create(request, exchange);
            if (line == "GET /containers/json") return exchange.answer(200, list());
            for (const std::string id : {"g1", "c1"}) {
                if (line == "POST /containers/" + id + "/start") return start(id, exchange);
                if (line == "GET /containers/" + id + "/json") return exchange.answer(200, state(id));
                if (line == "GET /containers/" + id + "/logs") return exchange.answer(200, "");
                if (line == "DELETE /containers/" + id) return remove(id, exchange);
            }
            exchange.answer(404, "{}");
        };
    }
    bool left() const { return !labels_.empty(); }
    bool agent_came_early() const { return agent_came_early_; }

private:
    static std::string image_reply() {
        const auto digest = sha256_hex(read_file("/bin/true").value());
        return R"({"Id":"i1","Config":{"Labels":{"isag.gate":")" + digest + R"("}},"RootFS":{"Layers":["sha256:)" +
               digest + "\"]}}";
    }
    void create(const FakeRequest& request, FakeExchange& exchange) {
        const std::string id = request.body.find(R"("isag.role":"gate")") != std::string::npos ? "g1" : "c1";
        if (failing_ == "create " + id) return exchange.answer(404, R"({"message":"no such image"})");
        if (id == "c1") agent_came_early_ = !std::filesystem::exists(socket_ + ".configured");
        const auto body = nlohmann::json::parse(request.body);
        labels_[id] = body["Labels"].dump();
        if (id == "g1") socket_ = body["HostConfig"]["Mounts"][0]["Source"].get<std::string>() + "/gate.sock";
        exchange.answer(201, R"({"Id":")" + id + "\"}");
    }
    void start(const std::string& id, FakeExchange& exchange) {
        if (failing_ == "start " + id) return exchange.answer(500, R"({"message":"mount source is missing"})");
        if (id == "g1" && failing_ != "run g1") {
            ChildOptions options;
            options.argv = {ISAG_FAKE_GATE, "limited", socket_, other_namespace};
            gate_ = std::make_unique<ChildProcess>(ChildProcess::start(options));
        }
        exchange.answer(204, "");
    }
    std::string state(const std::string& id) const {
        const bool running = id == "g1" && gate_;
        return R"({"Id":")" + id + R"(","State":{"Running":)" + (running ? "true" : "false") + R"(,"Pid":)" +
               std::to_string(running ? gate_->pid() : 0) + R"(},"Config":{"Labels":)" + labels_.at(id) + "}}";
    }
    std::string list() const {
        std::string out;
        for (const auto& [id, labels] : labels_)
            out += (out.empty() ? "" : ",") + (R"({"Id":")" + id + R"(","Labels":)" + labels + "}");
        return "[" + out + "]";
    }
    void remove(const std::string& id, FakeExchange& exchange) {
        labels_.erase(id);
        if (id == "g1") gate_.reset();
        exchange.answer(204, "");
    }

    std::string failing_;
    bool agent_came_early_ = false;
    std::map<std::string, std::string> labels_;
    std::string socket_;
    std::unique_ptr<ChildProcess> gate_;
};

}  // namespace isag::test
