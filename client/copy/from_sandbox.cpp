// SPDX-License-Identifier: Apache-2.0
#include "client/archive_reader.hpp"
#include "client/copy/copy.hpp"
#include "client/copy/entry_name.hpp"
#include "client/copy/host_place.hpp"
#include "client/copy/plan.hpp"
#include "client/copy/progress.hpp"
#include "client/copy/remote_end.hpp"
#include "client/copy/remote_program.hpp"
#include "client/copy/scripts.hpp"
#include "client/copy/tree_writer.hpp"
#include "client/output.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <cstring>
#include <functional>
#include <unistd.h>
#include <vector>

namespace isag {
namespace {

RemoteProgram start_sending(const Context& context, const CopyPlace& from, bool follow, Signals& signals) {
    const CopyName name = split_copy_path(from.path);
    auto command =
        name.must_be_folder ? sending_command(from.path, ".", false) : sending_command(name.folder, name.base, follow);
    return {context, from.sandbox, std::move(command), signals};
}

// The program's stdout, whose first bytes were read to see whether there are any.
class FirstRead {
public:
    explicit FirstRead(RemoteProgram& program) : program_(program), bytes_(65536) {
        bytes_.resize(program.read(bytes_.data(), bytes_.size()));
    }
    bool empty() const { return bytes_.empty(); }
    // All of it was read.
    bool has_ended() const { return ended_; }
    std::size_t operator()(char* into, std::size_t size) {
        if (taken_ == bytes_.size()) {
            const std::size_t n = program_.read(into, size);
            ended_ = n == 0;
            return n;
        }
        const std::size_t n = std::min(size, bytes_.size() - taken_);
        std::memcpy(into, bytes_.data() + taken_, n);
        taken_ += n;
        return n;
    }

private:
    RemoteProgram& program_;
    std::vector<char> bytes_;
    std::size_t taken_ = 0;
    bool ended_ = false;
};

// False where there is nothing to copy in the archive.
bool write_tree(ArchiveReader& archive, const CopyName& source, HostDestination destination, const std::string& to,
                CopyProgress& progress) {
    auto entry = archive.next();
    if (!entry || entry->type == ArchiveEntry::Type::other) return false;
    EntryRoot root;
    std::string below = root.below(entry->name).value();
    const bool is_folder = entry->type == ArchiveEntry::Type::folder;
    const auto plan =
        plan_copy(is_folder, source, destination.target, split_copy_path(to), escape_controls(to)).value();
    TreeWriter writer(std::move(destination.folder), plan.top, progress);
    for (;;) {
        writer.add(*entry, below, archive);
        entry = archive.next();
        if (!entry) return true;
        below = root.below(entry->name).value();
    }
}

}  // namespace

void copy_from_sandbox(const Context& context, const CopyPlace& from, const std::string& to, const CopyOptions& options,
                       Signals& signals) {
    HostDestination destination = open_host_destination(to);
    CopyProgress progress(context, options.quiet, &signals);
    RemoteProgram program = start_sending(context, from, options.follow, signals);
    FirstRead first(program);
    bool has_come = false;
    if (!first.empty()) {
        ArchiveReader archive(std::ref(first));
        try {
            has_come = write_tree(archive, split_copy_path(from.path), std::move(destination), to, progress);
        } catch (const Error&) {
            if (first.has_ended() && program.ends_within(ending_limit))
                check_copy_end(program, from, progress);  // knows why
            throw;
        }
    }
    check_copy_end(program, from, progress);  // knows most reasons for nothing
    if (!has_come)
        throw nothing_to_copy(shown_place(from), "isag exec " + escape_controls(from.sandbox) + " -- cat FILE");
}

void stream_from_sandbox(const Context& context, const CopyPlace& from, const CopyOptions& options, Signals& signals) {
    CopyProgress progress(context, true);
    RemoteProgram program = start_sending(context, from, options.follow, signals);
    std::vector<char> bytes(std::size_t{256} << 10);
    while (const std::size_t n = program.read(bytes.data(), bytes.size())) print({bytes.data(), n});
    check_copy_end(program, from, progress);
}

}  // namespace isag
