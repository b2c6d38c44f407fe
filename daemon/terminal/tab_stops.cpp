// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/tab_stops.hpp"

namespace isag::terminal {

void TabStops::take(const ControlSequence& sequence, int column) {
    const auto at = static_cast<std::size_t>(column);
    if (sequence.kind == ControlSequence::Kind::escape && sequence.text.empty()) {
        if (sequence.final == 'H' && at < stops_.size()) stops_[at] = true, are_usual_ = false;
        if (sequence.final == 'c') *this = TabStops(static_cast<int>(stops_.size()));  // RIS
    }
    if (sequence.kind != ControlSequence::Kind::control || sequence.final != 'g') return;
    if (sequence.text.empty() || sequence.text == "0") {
        if (at < stops_.size()) stops_[at] = false, are_usual_ = false;
    } else if (sequence.text == "3" || sequence.text == "5") {
        stops_.assign(stops_.size(), false), are_usual_ = false;
    }
}

void TabStops::resize(int columns) {
    const std::size_t before = stops_.size();
    stops_.resize(static_cast<std::size_t>(columns));
    for (std::size_t i = before; i < stops_.size(); ++i) stops_[i] = i % 8 == 0;
}

std::string TabStops::set_sequence() const {
    if (are_usual_) return {};
    std::string out = "\x1b[3g";
    for (std::size_t i = 0; i < stops_.size(); ++i)
        if (stops_[i]) out += "\x1b[" + std::to_string(i + 1) + "G\x1bH";
    return out;
}

}  // namespace isag::terminal
