// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/fields.hpp"
#include "proto/json_text.hpp"
#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace isag {

// What a follower has shown of a list that grows, the latest of it: so that it goes on behind that in the list of the
// next isagd, which may have some of it, or nothing.
class Shown {
public:
    static constexpr std::size_t most = 1000;  // entries, as isagd remembers

    bool empty() const { return entries_.empty(); }
    template <class Entry>
    void add(const Entry& entry) {
        add_text(text_of(entry));
    }
    // The entries behind the last one that was shown; all of them where none was.
    template <class Entry>
    std::vector<Entry> behind(std::vector<Entry> entries) const {
        std::size_t first = entries.size();
        while (first > 0 && !has_text(text_of(entries[first - 1]))) --first;
        entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(first));
        return entries;
    }

private:
    template <class Entry>
    static std::string text_of(const Entry& entry) {
        return proto::to_line(proto::to_json(entry));
    }
    void add_text(std::string text);
    bool has_text(const std::string& text) const;

    std::deque<std::string> entries_;
};

}  // namespace isag
