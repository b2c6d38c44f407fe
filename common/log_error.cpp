// SPDX-License-Identifier: Apache-2.0
#include "common/log_error.hpp"
#include "common/error.hpp"
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

namespace isag {

void log_unless_cancelled(std::exception_ptr error) {
    try {
        std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        if (e.code() != boost::asio::error::operation_aborted) spdlog::error("{}", e.what());
    } catch (const Error& e) {
        if (e.kind() != ErrorKind::cancelled) spdlog::error("{}", e.message());
    } catch (const std::exception& e) {
        spdlog::error("{}", e.what());
    }
}

}  // namespace isag
