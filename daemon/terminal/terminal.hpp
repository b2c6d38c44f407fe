// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "common/unique_fd.hpp"
#include "daemon/terminal/output_log.hpp"
#include "daemon/terminal/screen.hpp"
#include "daemon/terminal/screen_feed.hpp"
#include "daemon/terminal/viewer.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::terminal {

// The terminal of a sandbox's main program. Keeps what it shows, here and on disk; shows it to any number of viewers,
// of which the one that attached or typed last types, and gives it its size. Without a viewer it answers the program's
// questions itself.
class Terminal : public std::enable_shared_from_this<Terminal> {
public:
    enum class Onto {
        nothing,  // the viewer's terminal is to show what was printed from the start
        fresh,    // the viewer's terminal showed something else
        shown,    // it showed this one before
    };

    // Where it keeps what was printed: see OutputLog.
    struct Files {
        std::filesystem::path log_folder;
        std::filesystem::path intake;
    };
    // A new one, or, where the folder holds the log of one, that one goes on. Throws Error.
    Terminal(boost::asio::any_io_executor executor, const Files& files, const proto::TerminalSize& size);

    // The master, as init made it (pts(4)); again after init dialled anew.
    void connect(UniqueFd master);
    bool connected() const { return master_.has_value(); }

    // Until the screen shows what was printed so far: to be awaited before attach(), which else has everybody wait.
    boost::asio::awaitable<void> show_output();
    // A viewer who types from now on; with Turn::waits once it types or is the last one.
    enum class Turn { takes, waits };
    std::shared_ptr<Viewer> attach(const proto::TerminalSize& size, Onto onto, Turn turn = Turn::takes);
    // One that has what was printed up to that place (OutputLog::end()), and whose stream goes on from there. None
    // where that is too long ago.
    std::shared_ptr<Viewer> attach_behind(const proto::TerminalSize& size, std::int64_t place, Turn turn = Turn::takes);
    // One that only listens.
    std::shared_ptr<Viewer> follow();
    // Those that may type.
    std::size_t viewers() const;

    // A line below what those who may type are shown, until it is taken away, or the screen is painted again.
    void show_note(const std::string& text);
    void take_note_away();

    // No process has it open any more, and all it printed was shown.
    bool ended() const { return ended_; }
    boost::asio::awaitable<void> wait_ended(std::chrono::milliseconds limit);
    // The program ended: its viewers' streams end once they have everything. For where that is not seen here.
    void end();
    // Ends all work, and makes the next isagd's start quick. Viewers are to be gone before.
    boost::asio::awaitable<void> let_go();

private:
    friend class Viewer;
    boost::asio::awaitable<void> read_master();
    boost::asio::awaitable<void> write_master();
    boost::asio::awaitable<void> wait_for_writer();
    void take_backlog();
    bool take_output();
    void spread(std::string_view output);
    bool has_shown_much() const;
    void catch_up();
    void answer();
    void restore(const OutputLog::Restored& restored);
    void checkpoint();

    // For viewers.
    void type(Viewer& viewer, std::string_view keys);
    bool may_type() const;
    boost::asio::awaitable<void> wait_may_type();
    void give_turn(Viewer* viewer, bool announce_to_it);
    void fit(Viewer& viewer) const;
    void apply_size(const proto::TerminalSize& size);
    void resize_screen();
    void resized(Viewer& viewer);
    void detached(Viewer& viewer);
    void flushed() { changed_.notify(); }
    std::shared_ptr<Viewer> add_viewer(const proto::TerminalSize& size, Turn turn);
    void refresh(Viewer& viewer);

    boost::asio::any_io_executor executor_;
    OutputLog log_;
    Screen screen_;
    ScreenFeed feed_{screen_};  // which is behind for a moment, and brought up to date before the screen is looked at
    std::chrono::steady_clock::time_point others_until_;  // where showing is dear
    std::optional<proto::TerminalSize> next_size_;        // of the screen, once it shows what was printed before
    std::optional<boost::asio::posix::stream_descriptor> master_;
    std::vector<Viewer*> viewers_;  // in the order in which they attached
    Viewer* writer_ = nullptr;      // who types
    std::string keys_;              // typed, not yet taken by the program
    bool ended_ = false;
    bool noted_ = false;
    std::optional<std::string> unseen_;  // all that was printed, until somebody attaches or it is too much
    Event changed_;
    TaskGroup tasks_;
};

}  // namespace isag::terminal
