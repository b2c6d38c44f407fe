// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/io_context.hpp>

namespace isag {

// Runs it until it has nothing more to wait for, as io_context::run() does, by one thread. Before it sleeps it looks
// for the next event for 50 µs, as often as that paid of late: a peer on this machine needs less for its answer than
// the kernel does to wake us. What comes from afar, or rarely, costs next to nothing. On a single processor it sleeps
// at once.
void run_eagerly(boost::asio::io_context& context);

}  // namespace isag
