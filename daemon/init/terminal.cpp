// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/terminal.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace isag::init {

Terminal open_terminal(const proto::TerminalSize& size) {
    if (size.rows < 1 || size.rows > 0xffff || size.columns < 1 || size.columns > 0xffff)
        throw Error("the terminal's size is not between 1 and 65535", "", ErrorKind::usage);
    Terminal out;
    out.master.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!out.master || ::unlockpt(out.master.get()) != 0) throw errno_error("cannot open a terminal", errno);
    out.slave.reset(::ioctl(out.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!out.slave) throw errno_error("cannot open a terminal's inner end", errno);

    const winsize window{static_cast<unsigned short>(size.rows), static_cast<unsigned short>(size.columns), 0, 0};
    if (::ioctl(out.master.get(), TIOCSWINSZ, &window) != 0) throw errno_error("cannot set a terminal's size", errno);
    termios modes{};
    if (::tcgetattr(out.slave.get(), &modes) == 0) {
        modes.c_iflag |= IUTF8;  // erase takes a whole character back
        ::tcsetattr(out.slave.get(), TCSANOW, &modes);
    }
    return out;
}

}  // namespace isag::init
