// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/cover_container.hpp"
#include "common/deadline.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
using nlohmann::json;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds run_limit{60};  // it gives itself half of that

}  // namespace

json cover_spec(const CoverContainer& container) {
    json arguments = json::array({proto::cover::lay});
    for (const auto& one : container.lay) arguments.push_back(one.cover);
    arguments.push_back(proto::cover::check);
    for (const auto& one : container.check) arguments.push_back(one.cover);
    json host{{"NetworkMode", "none"},
              {"PidMode", "container:" + container.agent},
              {"Mounts", json::array({mount_spec({container.program, proto::cover::program_path, true}),
                                      mount_spec({container.empty.file, proto::cover::empty_file_path, true}),
                                      mount_spec({container.empty.folder, proto::cover::empty_folder_path, true})})},
              {"ReadonlyRootfs", true},
              {"CapDrop", json::array({"ALL"})},
              // To mount, to enter the other's mounts (setns(2)), to look at processes that show themselves to nobody
              // (ptrace(2)), into folders that are not root's, and at files as their owner does (setfsuid(2)).
              {"CapAdd", json::array({"SYS_ADMIN", "SYS_CHROOT", "SYS_PTRACE", "DAC_READ_SEARCH", "SETUID"})},
              // The engine's own profiles forbid mount(2) whatever the capabilities.
              {"SecurityOpt", json::array({"no-new-privileges", "apparmor=unconfined", "seccomp=unconfined"})},
              {"Privileged", false},
              {"RestartPolicy", {{"Name", "no"}}},
              {"AutoRemove", false},
              {"Init", false},
              {"LogConfig", {{"Type", "json-file"}, {"Config", {{"max-size", "1m"}, {"max-file", "1"}}}}}};
    // It starts nothing in the namespaces of a container that is paused, unless they are named by their files. Another
    // user namespace's root may not change its mounts (user_namespaces(7)).
    if (container.podman) {
        const std::string namespaces = "ns:/proc/" + std::to_string(container.process) + "/ns/";
        host["PidMode"] = namespaces + "pid";
        if (container.rootless) host["UsernsMode"] = namespaces + "user";
    }
    return {{"Image", container.image},
            {"Entrypoint", json::array({proto::cover::program_path})},
            {"Cmd", arguments},
            {"Env", json::array()},
            {"User", "0:0"},
            {"WorkingDir", "/"},
            {"Tty", false},
            {"OpenStdin", false},
            {"Healthcheck", {{"Test", json::array({"NONE"})}}},
            {"Labels",
             {{"isag.sandbox", container.identity.id},
              {"isag.role", "cover"},
              {"isag.nonce", container.identity.nonce},
              {"isag.name", container.identity.name}}},
            {"HostConfig", host}};
}

asio::awaitable<std::optional<std::string>> run_cover(engine::Engine& engine, CoverContainer container) {
    auto spec = std::make_shared<const json>(cover_spec(container));
    const auto id = co_await engine.create_container(container.name, std::move(spec));
    std::int64_t status = 0;
    std::string output;
    std::exception_ptr failed;
    try {
        co_await engine.start_container(id);
        status = co_await with_deadline(engine.wait_container(id), run_limit, "isag-cover");
        if (status != 0) output = co_await engine.container_output(id);
    } catch (const Error&) {
        failed = std::current_exception();
    }
    co_await engine.remove_container(id);
    if (failed) std::rethrow_exception(failed);
    if (status == 0) co_return std::nullopt;
    output = escape_controls(output.substr(0, output.find('\n')));
    if (output.empty()) throw Error("isag-cover ended with status " + std::to_string(status));
    if (status != proto::cover::is_held) throw Error(output);
    co_return output;
}

}  // namespace isag::sandbox
