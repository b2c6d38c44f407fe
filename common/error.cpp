// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include <cstring>

namespace isag {

Error::Error(Failure failure, ErrorKind kind)
    : std::runtime_error(failure.message), failure_(std::move(failure)), kind_(kind) {}

Error::Error(std::string message, std::string hint, ErrorKind kind)
    : Error(Failure{std::move(message), std::move(hint)}, kind) {}

Error Error::within(const std::string& context) const {
    return Error(context + ": " + failure_.message, failure_.hint, kind_);
}

Failure errno_failure(const std::string& what, int number) { return {what + ": " + std::strerror(number)}; }

Error errno_error(const std::string& what, int number, std::string hint) {
    return Error(errno_failure(what, number).message, std::move(hint));
}

void throw_exception_from_error(const Failure& failure, const boost::source_location&) { throw Error(failure); }

}  // namespace isag
