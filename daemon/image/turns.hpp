// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>

namespace isag::image {

// One at a time for each key: ten sandboxes that start together make their image once. Single-threaded.
class Turns {
    struct Line;

public:
    // Held while working; the next one's turn comes when it is destroyed.
    class Turn {
    public:
        explicit Turn(std::shared_ptr<Line> line);
        Turn(Turn&&) = default;
        Turn& operator=(Turn&&) = delete;
        ~Turn();

    private:
        std::shared_ptr<Line> line_;
    };

    boost::asio::awaitable<Turn> take(std::string key);
    // Whether take() would have to wait.
    bool busy(const std::string& key) const;

private:
    std::map<std::string, std::weak_ptr<Line>> lines_;
};

}  // namespace isag::image
