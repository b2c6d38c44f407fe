// SPDX-License-Identifier: Apache-2.0
#include "client/exit_status.hpp"

namespace isag {

int exit_status(const proto::Exited& exited) {
    if (exited.code) return static_cast<int>(*exited.code & 0xff);
    return 128 + static_cast<int>(exited.signal.value_or(0) & 0x7f);
}

int exit_status(ErrorKind kind, bool runs_program) {
    switch (kind) {
        case ErrorKind::usage:
            return 2;
        case ErrorKind::not_executable:
            return runs_program ? 126 : 1;
        case ErrorKind::not_found:
            return runs_program ? 127 : 1;
        case ErrorKind::failed:
        case ErrorKind::cancelled:
            break;
    }
    return runs_program ? exit_isag_failed : 1;
}

}  // namespace isag
