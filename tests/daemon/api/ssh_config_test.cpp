// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/ssh_config.hpp"
#include "common/file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>

namespace isag::api {
namespace {

proto::SshHost host_named(const std::string& name, const std::string& folder) {
    return {"isag-" + name, name, "agent", folder + "/ssh/id_ed25519", folder + "/known_hosts", "/workspace"};
}

// What ssh(1) makes of it: its own reading of the configuration.
std::string as_ssh_reads(const std::string& text, const std::string& host) {
    const test::TempFolder folder;
    write_file(folder / "config", text);
    const auto ran = test::run_program({"ssh", "-F", (folder / "config").string(), "-G", host}, current_environment());
    CHECK_MESSAGE(ran.status == 0, ran.err);
    return ran.out;
}

}  // namespace

TEST_CASE("ssh reads each sandbox's entry as it was meant, whatever stands in the paths") {
    for (const std::string folder : {"/home/ann/x", "/home/ann/a b", "/home/ann/100%done", "/home/ann/it's"}) {
        CAPTURE(folder);
        const auto text =
            ssh_config_text({host_named("web", folder), host_named("db", "/other")}, folder + "/bin/isag");
        const auto read = as_ssh_reads(text, "isag-web");
        CHECK(read.find("\nuser agent\n") != std::string::npos);
        CHECK(read.find("\nhostkeyalias isag-web\n") != std::string::npos);
        CHECK(read.find("\nstricthostkeychecking true\n") != std::string::npos);
        CHECK(read.find("\nproxyusefdpass yes\n") != std::string::npos);
        CHECK(read.find("\nidentitiesonly yes\n") != std::string::npos);
        CHECK(read.find(" proxy --exact web\n") != std::string::npos);
        CHECK(read.find("/other") == std::string::npos);
        // The percent signs are ssh's to undo, when it uses the path.
        std::string doubled;
        for (const char c : folder) doubled += c == '%' ? "%%" : std::string(1, c);
        CHECK_MESSAGE(read.find("\nidentityfile " + doubled + "/ssh/id_ed25519\n") != std::string::npos, read);
    }
    CHECK(as_ssh_reads(ssh_config_text({}, "isag"), "isag-web").find("hostkeyalias") == std::string::npos);
}

TEST_CASE("an entry has quotes only where its paths need them, since not every IDE's parser takes some") {
    const auto text = ssh_config_text({host_named("web", "/home/ann/.cache/isag/x_1-2")}, "/opt/isag/bin/isag");
    CHECK(text.find("    IdentityFile /home/ann/.cache/isag/x_1-2/ssh/id_ed25519\n") != std::string::npos);
    CHECK(text.find("    ProxyCommand /opt/isag/bin/isag proxy --exact web\n") != std::string::npos);
}

TEST_CASE("paths that no ssh_config can hold make a comment, not another entry") {
    for (const std::string folder : {"/home/a\"b", "/home/a\nHost *", "/home/a\\b", "/home/${X}"}) {
        CAPTURE(folder);
        const auto text = ssh_config_text({host_named("web", folder)}, "isag");
        CHECK(text.find("\nHost ") == std::string::npos);
        CHECK(text.find("# isag-web: ") != std::string::npos);
        CHECK(as_ssh_reads(text, "isag-web").find("identityfile /home/a") == std::string::npos);
    }
}

}  // namespace isag::api
