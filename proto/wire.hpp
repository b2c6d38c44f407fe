// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/line_reader.hpp"
#include "proto/message.hpp"
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace isag::proto {

struct Incoming {
    Message message;
    std::vector<UniqueFd> fds;  // as many as the message announced
};

// Both directions of one unix(7) stream socket, without waiting: the owner of the socket says when it may be read or
// written (poll, Asio) and passes it in. What a peer can make it hold is limited.
class Wire {
public:
    enum class Io { progress, would_block, closed };

    // One recvmsg(2). Failure where the peer breaks the rules (a truncated control message, too many descriptors).
    Result<Io> read_some(int socket);
    // The next whole message. Failure where it is malformed, or its descriptors did not come with it.
    Result<std::optional<Incoming>> next();

    // Takes a line (without newline) to send, with descriptors.
    void queue(std::string line, std::vector<UniqueFd> fds = {});
    // Writes until all is written or it would block. closed: the peer is gone.
    Io flush(int socket);
    bool has_output() const { return !output_.empty(); }
    // Bytes not yet written: an owner drops a peer that does not read.
    std::size_t output_bytes() const { return output_bytes_; }

private:
    struct Outgoing {
        std::string bytes;
        std::size_t written = 0;
        std::vector<UniqueFd> fds;
    };
    LineReader lines_;
    std::deque<UniqueFd> received_;  // in order, not yet claimed by a message
    std::deque<Outgoing> output_;
    std::size_t output_bytes_ = 0;
};

}  // namespace isag::proto
