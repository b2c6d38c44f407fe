# SPDX-License-Identifier: Apache-2.0
# Runs at install time, with `units`, `scratch` and `bindir` set by CMakeLists.txt.
set(ISAG_BINDIR "${CMAKE_INSTALL_PREFIX}/${bindir}")
# Below a home, systemd reads user units from ~/.local/share only; below /usr and /usr/local, lib is the usual place.
set(unit_folder "${CMAKE_INSTALL_PREFIX}/lib/systemd/user")
if(CMAKE_INSTALL_PREFIX STREQUAL "$ENV{HOME}/.local")
    set(unit_folder "${CMAKE_INSTALL_PREFIX}/share/systemd/user")
endif()
foreach(unit isagd.service isagd.socket)
    configure_file("${units}/${unit}.in" "${scratch}/${unit}" @ONLY)
    file(INSTALL "${scratch}/${unit}" DESTINATION "${unit_folder}")
endforeach()
