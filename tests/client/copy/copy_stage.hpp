// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/session.hpp"
#include "tests/client/stage.hpp"
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace isag::test {

// Serves "exec" as isagd does, with real programs of this machine and a folder of it as the sandbox's project.
inline void serve_exec(FakePeer& peer, const std::filesystem::path& project, const std::string& path) {
    const auto request = peer.expect("exec");
    const auto exec = request_of<proto::ExecRequest>(request);
    Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
    ChildOptions options;
    options.argv = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", project.string()};
    options.argv.insert(options.argv.end(), exec.argv.begin(), exec.argv.end());
    options.env = exec.environment;
    options.env["PATH"] = path;
    options.fds = {{in.read.get(), 0}, {out.write.get(), 1}, {err.write.get(), 2}};
    ChildProcess child = ChildProcess::start(options);
    in.read.reset();
    out.write.reset();
    err.write.reset();
    std::vector<UniqueFd> fds;
    fds.push_back(std::move(in.write));
    fds.push_back(std::move(out.read));
    fds.push_back(std::move(err.read));
    peer.reply(request, proto::ExecReply{"web", {"0123456789ab", 9, "", "deny"}}, std::move(fds));
    tend(peer, child);
}

struct CopyStage : Stage {
    CopyStage() : daemon(runtime(), [this](FakePeer& peer) { serve_exec(peer, inside(), path); }) {
        std::filesystem::create_directory(inside());
        std::filesystem::create_directory(host());
    }
    std::filesystem::path inside() const { return scratch / "inside"; }
    std::filesystem::path host() const { return scratch / "host"; }
    // isag cp WORDS in the host's folder.
    Finished cp(const std::vector<std::string>& words, std::string_view input = {}) const {
        std::vector<std::string> argv{"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", host().string(), ISAG_PROGRAM, "cp"};
        argv.insert(argv.end(), words.begin(), words.end());
        return run_program(argv, environment, input);
    }
    // A script's stdout, run in the scratch folder.
    std::string sh(const std::string& script) const {
        return run_program({"bash", "-c", "cd \"$0\" && " + script, scratch.path().string()}, environment).out;
    }
    std::string path = "/usr/local/bin:/usr/bin:/bin";
    FakeDaemon daemon;
};

}  // namespace isag::test
