// SPDX-License-Identifier: Apache-2.0
#include "client/archive_writer.hpp"
#include "client/copy/copy.hpp"
#include "client/copy/host_place.hpp"
#include "client/copy/plan.hpp"
#include "client/copy/progress.hpp"
#include "client/copy/remote_end.hpp"
#include "client/copy/remote_program.hpp"
#include "client/copy/scripts.hpp"
#include "client/copy/tree_reader.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <array>
#include <cerrno>
#include <optional>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace isag {
namespace {

// Asks the script what is there.
CopyTarget target_inside(RemoteProgram& program, const CopyPlace& to, CopyProgress& progress) {
    const std::string said = program.read_line();
    if (said == "folder") return CopyTarget::folder;
    if (said == "file") return CopyTarget::file;
    if (said == "missing") return CopyTarget::missing;
    if (said == "nowhere")
        throw Error("there is no folder for " + escape_controls(to.path) + " in the sandbox " +
                        escape_controls(program.sandbox()),
                    "make it first: isag exec " + escape_controls(program.sandbox()) + " -- mkdir -p FOLDER");
    check_copy_end(program, to, progress);  // knows most reasons
    throw Error("the sandbox " + escape_controls(program.sandbox()) + " did not say what is at " +
                escape_controls(to.path));
}

bool is_folder_source(const UniqueFd& source, const std::string& path, const std::string& sandbox) {
    struct stat info {};
    if (::fstat(source.get(), &info) != 0) throw errno_error("cannot look at what is to be copied", errno);
    if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode))
        throw nothing_to_copy(escape_controls(path), "isag exec " + escape_controls(sandbox) +
                                                         " -- sh -c 'cat > FILE' < " + escape_controls(path));
    return S_ISDIR(info.st_mode);
}

// Where tar inside unpacks, and what it is sent.
struct Delivery {
    const Context& context;
    const CopyPlace& to;
    std::string folder;
    Signals& signals;
};

// tar has left the one file that it had only a part of. Not while it runs: it may yet make that file.
void remove_unfinished(const Delivery& delivery, RemoteProgram& program, const std::optional<std::string>& unfinished) {
    if (!program.ends_within(ending_limit) || !unfinished) return;
    RemoteProgram(delivery.context, delivery.to.sandbox, removing_command(delivery.folder, *unfinished),
                  delivery.signals)
        .ends_within(ending_limit);
}

void send_tree(const Delivery& delivery, RemoteProgram& program, const UniqueFd& source, const std::string& top,
               CopyProgress& progress) {
    ArchiveWriter archive([&](std::string_view bytes) { program.write(bytes); });
    TreeReader tree(archive, progress);
    try {
        tree.add(source, top);
        archive.close();
    } catch (const InputRefused&) {  // what it says at its end tells why
        check_copy_end(program, delivery.to, progress);
        throw;
    } catch (...) {
        remove_unfinished(delivery, program, tree.unfinished());
        throw;
    }
    try {
        check_copy_end(program, delivery.to, progress);
    } catch (const Interrupted&) {  // all is sent: it ends by itself, and hanging up would leave a file in part
        program.ends_within(ending_limit);
        throw;
    }
    if (tree.unread() > 0)
        throw Error(std::to_string(tree.unread()) + (tree.unread() == 1 ? " file was" : " files were") + " not copied",
                    "the lines above name what can't be read");
}

// Until either can be read; throws Interrupted for a signal.
void wait_for_stdin(Signals& signals) {
    std::array<pollfd, 2> fds{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals.fd(), POLLIN, 0}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[1].revents != 0) signals.check();
}

}  // namespace

void copy_to_sandbox(const Context& context, const std::string& from, const CopyPlace& to, const CopyOptions& options,
                     Signals& signals) {
    const UniqueFd source = open_host_source(from, options.follow);
    const bool is_folder = is_folder_source(source, from, to.sandbox);
    const CopyName name = split_copy_path(to.path);
    CopyProgress progress(context, options.quiet, &signals);
    RemoteProgram program(context, to.sandbox, receiving_command(name.folder, name.base.empty() ? "." : name.base),
                          signals);
    const CopyTarget target = target_inside(program, to, progress);
    const auto plan = plan_copy(is_folder, split_copy_path(from), target, name, shown_place(to)).value();
    program.write(plan.into ? "into\n" : "beside\n");
    send_tree({context, to, plan.into ? to.path : name.folder, signals}, program, source, plan.top, progress);
}

void stream_to_sandbox(const Context& context, const CopyPlace& to, Signals& signals) {
    CopyProgress progress(context, true);
    RemoteProgram program(context, to.sandbox, receiving_command(to.path, "."), signals);
    if (target_inside(program, to, progress) != CopyTarget::folder)
        throw Error(shown_place(to) + " is no folder", "a tar stream is unpacked into one");
    try {
        program.write("into\n");
        std::vector<char> bytes(std::size_t{256} << 10);
        for (;;) {
            wait_for_stdin(signals);
            const ssize_t n = ::read(STDIN_FILENO, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) throw errno_error("cannot read stdin", errno);
            if (n == 0) break;
            program.write({bytes.data(), static_cast<std::size_t>(n)});
        }
    } catch (const InputRefused&) {  // tar reads no further than the archive's end
    }
    check_copy_end(program, to, progress);
}

}  // namespace isag
