// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/nft.hpp"
#include "common/child_process.hpp"
#include "common/escape.hpp"
#include "daemon/gate/rules.hpp"
#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

namespace isag::gate {
namespace {

// Files in memory rather than pipes: none of them can fill up while the other one is waited for.
UniqueFd memory(std::string_view content = {}) {
    UniqueFd fd(::memfd_create("nft", MFD_CLOEXEC));
    if (!fd) throw errno_error("cannot make a file in memory", errno);
    if (!content.empty() && ::pwrite(fd.get(), content.data(), content.size(), 0) != std::ssize(content))
        throw errno_error("cannot write a file in memory", errno);
    return fd;
}

std::string content_of(const UniqueFd& fd) {
    std::string out;
    char piece[4096];
    for (ssize_t n = 0; (n = ::pread(fd.get(), piece, sizeof piece, static_cast<off_t>(out.size()))) > 0;)
        out.append(piece, static_cast<std::size_t>(n));
    return out;
}

std::string first_line(const std::string& text) { return escape_controls(text.substr(0, text.find('\n'))); }

// Tried one by one, in a table that is never made.
struct Feature {
    std::string_view name;
    std::string_view chain;
};
constexpr Feature features[] = {
    {"nf_tables with the family inet", ""},
    {"chains of type filter", "type filter hook output priority filter;"},
    {"chains of type nat (nft_chain_nat)", "type nat hook output priority -110;"},
    {"nft_redir", "type nat hook output priority -110; tcp dport 53 redirect to :1"},
    {"nft_ct", "type filter hook output priority filter; ct state established ct status dnat accept"},
    {"nft_reject_inet", "type filter hook output priority filter; reject with icmpx admin-prohibited"},
    {"nft_log", "type filter hook output priority filter; log group 1"},
    {"nft_limit", "type filter hook output priority filter; limit rate 1/second accept"},
    {"nft_counter", "type filter hook output priority filter; counter accept"},
};

}  // namespace

Nft::Outcome Nft::run(std::initializer_list<std::string> arguments, std::string_view input) const {
    const UniqueFd in = memory(input), out = memory(), error = memory();
    ChildOptions options;
    options.argv = {program_};
    options.argv.insert(options.argv.end(), arguments);
    options.fds = {{in.get(), 0}, {out.get(), 1}, {error.get(), 2}};
    options.ends_with_us = true;
    const bool good = ChildProcess::start(options).wait().code == 0;
    return {good, content_of(out), content_of(error)};
}

void Nft::load(std::string_view ruleset) const {
    const auto outcome = run({"-f", "-"}, ruleset);
    if (outcome.good) return;
    if (const auto missing = missing_feature(); !missing.empty())
        throw Error("the kernel lacks " + missing, "nft says: " + first_line(outcome.error));
    throw Error("nft refuses the rules: " + first_line(outcome.error));
}

std::string Nft::missing_feature() const {
    for (const auto& feature : features) {
        std::string text = "table inet isag_probe {\n";
        if (!feature.chain.empty()) text += "chain probe {\n" + std::string(feature.chain) + "\n}\n";
        if (!run({"-c", "-f", "-"}, text + "}\n").good) return std::string(feature.name);
    }
    return {};
}

Listing Nft::listing() const {
    const auto outcome = run({"--json", "list", "table", "inet", std::string(table_name)});
    if (!outcome.good) throw Error("nft cannot list the rules: " + first_line(outcome.error));
    return parse_listing(outcome.out).value();
}

std::string Nft::text() const {
    auto outcome = run({"--numeric", "list", "table", "inet", std::string(table_name)});
    if (!outcome.good) throw Error("nft cannot list the rules: " + first_line(outcome.error));
    return std::move(outcome.out);
}

}  // namespace isag::gate
