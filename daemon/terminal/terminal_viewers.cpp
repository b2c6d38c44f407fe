// SPDX-License-Identifier: Apache-2.0
#include "common/beginning.hpp"
#include "daemon/terminal/terminal.hpp"
#include "daemon/terminal/terminal_size.hpp"
#include <algorithm>
#include <utility>

// Who looks at a terminal, and whose turn it is to type.
namespace isag::terminal {

std::shared_ptr<Viewer> Terminal::add_viewer(const proto::TerminalSize& size, Turn turn) {
    auto viewer = std::make_shared<Viewer>(executor_, shared_from_this(), size);
    viewers_.push_back(viewer.get());
    if (turn == Turn::takes) give_turn(viewer.get(), false);
    fit(*viewer);
    viewer->ended_ = ended_;
    return viewer;
}

std::shared_ptr<Viewer> Terminal::attach(const proto::TerminalSize& size, Onto onto, Turn turn) {
    if (onto != Onto::nothing) catch_up();  // else the size would change later
    auto viewer = add_viewer(size, turn);
    const auto unseen = std::exchange(unseen_, std::nullopt);
    if (onto == Onto::fresh) {
        viewer->paint(screen_.repaint(), log_.end());
    } else if (onto == Onto::shown || !unseen) {
        refresh(*viewer);
    } else {
        viewer->show(*unseen);
        viewer->set_place(log_.end());
    }
    return viewer;
}

std::shared_ptr<Viewer> Terminal::attach_behind(const proto::TerminalSize& size, std::int64_t place, Turn turn) {
    const auto missed = log_.since(place, Viewer::most_waiting / 2);
    if (!missed) return nullptr;
    catch_up();
    auto viewer = add_viewer(size, turn);
    viewer->show(*missed);
    viewer->set_place(log_.end());
    return viewer;
}

std::shared_ptr<Viewer> Terminal::follow() {
    auto viewer = std::make_shared<Viewer>(executor_, shared_from_this(), std::nullopt);
    viewers_.push_back(viewer.get());
    viewer->ended_ = ended_;
    return viewer;
}

std::size_t Terminal::viewers() const {
    return static_cast<std::size_t>(std::count_if(viewers_.begin(), viewers_.end(),
                                                  [](const Viewer* viewer) { return viewer->size().has_value(); }));
}

void Terminal::detached(Viewer& viewer) {
    std::erase(viewers_, &viewer);
    changed_.notify();
    if (writer_ != &viewer) return;
    const auto next =
        std::find_if(viewers_.rbegin(), viewers_.rend(), [](const Viewer* other) { return other->size().has_value(); });
    give_turn(next == viewers_.rend() ? nullptr : *next, true);
}

void Terminal::give_turn(Viewer* viewer, bool announce_to_it) {
    auto* const before = std::exchange(writer_, viewer);
    if (before == viewer) return;
    if (before && std::find(viewers_.begin(), viewers_.end(), before) != viewers_.end()) before->tell_turn(false);
    if (!viewer) return;
    apply_size(*viewer->size());
    if (announce_to_it) viewer->tell_turn(true);
}

void Terminal::refresh(Viewer& viewer) {
    catch_up();
    viewer.paint(screen_.refresh(), log_.end());
}

void Terminal::show_note(const std::string& text) {
    if (!screen_.is_whole()) return;  // it would cut a sequence
    noted_ = true;
    const auto all = viewers_;  // one that fails leaves
    for (auto* const viewer : all) {
        if (!viewer->size()) continue;
        const auto [rows, columns] = *viewer->size();
        const std::string line(beginning_of(text, static_cast<std::size_t>(std::max<std::int64_t>(columns, 0))));
        viewer->paint(
            "\x1b\x37\x0f\x1b(B\x1b[?6l\x1b[" + std::to_string(rows) + ";1H\x1b[0;7m" + line + "\x1b[0m\x1b[K\x1b\x38",
            log_.end());
    }
}

void Terminal::take_note_away() {
    if (!std::exchange(noted_, false)) return;
    const auto all = viewers_;  // one that fails leaves
    for (auto* const viewer : all)
        if (viewer->size()) refresh(*viewer);
}

void Terminal::fit(Viewer& viewer) const {
    viewer.set_fits(!viewer.size() || bounded(*viewer.size()) == bounded(screen_.size()));
}

void Terminal::resized(Viewer& viewer) {
    if (writer_ == &viewer) apply_size(*viewer.size());
    fit(viewer);
}

}  // namespace isag::terminal
