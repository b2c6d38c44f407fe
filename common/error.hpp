// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/system/result.hpp>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace isag {

// What went wrong, in one line, and what a person can do about it (empty where nothing is known).
// Pure code returns it inside a Result; nothing of it is logged there.
// Made with braces: Failure{"message"} or Failure{"message", "hint"}. (A constructor from one string would make
// Result<std::string> ambiguous: boost::system::result refuses a value that its error could be made of.)
struct Failure {
    Failure() = default;
    Failure(std::initializer_list<std::string> words)
        : message(*words.begin()), hint(words.size() > 1 ? words.begin()[1] : std::string()) {}
    std::string message;
    std::string hint;
};

template <class T>
using Result = boost::system::result<T, Failure>;

// The kinds of error that a program tells apart. They map to exit statuses in client/exit_status.hpp.
enum class ErrorKind {
    failed,          // isag, the daemon or the engine could not do it: 125 for run and its kin, else 1
    usage,           // the request makes no sense: 2
    not_executable,  // the command inside exists and cannot be run: 126
    not_found,       // the command inside does not exist: 127
    cancelled,       // given up because its asker is gone
};

// What coroutines throw: work that cannot go on.
class Error : public std::runtime_error {
public:
    explicit Error(Failure failure, ErrorKind kind = ErrorKind::failed);
    explicit Error(std::string message, std::string hint = {}, ErrorKind kind = ErrorKind::failed);
    const std::string& message() const { return failure_.message; }
    const std::string& hint() const { return failure_.hint; }
    const Failure& failure() const { return failure_; }
    ErrorKind kind() const { return kind_; }
    // The same error seen from one layer further out: "<context>: <message>".
    Error within(const std::string& context) const;

private:
    Failure failure_;
    ErrorKind kind_;
};

// An Error from errno: "<what>: <strerror>".
Error errno_error(const std::string& what, int number, std::string hint = {});
Failure errno_failure(const std::string& what, int number);

// The bridge from Result to exceptions: Result::value() calls it (Boost.System finds it by name).
[[noreturn]] void throw_exception_from_error(const Failure& failure, const boost::source_location& where);

}  // namespace isag
