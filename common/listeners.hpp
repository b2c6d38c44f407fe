// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace isag {

// Those who want to be told of each T. Single-threaded.
template <class T>
class Listeners {
public:
    using Listener = std::function<void(const T&)>;
    // Who holds it listens.
    using Listening = std::shared_ptr<void>;

    [[nodiscard]] Listening listen(Listener listener) {
        std::erase_if(listeners_, [](const auto& one) { return one.expired(); });
        auto one = std::make_shared<Listener>(std::move(listener));
        listeners_.push_back(one);
        return one;
    }
    // Of one that is told another may end, or itself.
    void tell(const T& what) const {
        const auto all = listeners_;
        for (const auto& weak : all)
            if (const auto one = weak.lock()) (*one)(what);
    }
    std::size_t count() const {
        std::size_t out = 0;
        for (const auto& one : listeners_) out += one.expired() ? 0 : 1;
        return out;
    }

private:
    std::vector<std::weak_ptr<Listener>> listeners_;
};

}  // namespace isag
