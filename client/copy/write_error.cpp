// SPDX-License-Identifier: Apache-2.0
#include "client/copy/write_error.hpp"
#include <cerrno>

namespace isag {
namespace {

const char* advice_for(int error) {
    switch (error) {
        case EACCES:
        case EPERM:
            return "is the folder that it goes to yours? 'chmod u+rwx' lets you write in it then; else copy to another "
                   "one";
        case EROFS:
            return "copy to a folder that can be written";
        case ENOSPC:
        case EDQUOT:
            return "make room there, or copy to another place";
        case ENAMETOOLONG:
            return "copy it alone, to a shorter name";
        case ENOENT:
            return "was the folder that it goes to moved away meanwhile? copy it again";
        default:
            return "copy to another place";
    }
}

}  // namespace

Error write_error(const std::string& what, int error) { return errno_error(what, error, advice_for(error)); }

}  // namespace isag
