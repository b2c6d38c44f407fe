# SPDX-License-Identifier: Apache-2.0
# The Debian package (cpack(1)); `./dev package` makes it of the release build.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME isag)
set(CPACK_PACKAGE_CONTACT "The isag authors <isag@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "runs coding agents in isolated sandboxes")
set(CPACK_SET_DESTDIR ON)  # the units name isagd by the path that it will have: below the presets' prefix, /usr
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libssh-4, libcurl4 | libcurl4t64, libarchive13 | libarchive13t64")  # loaded when they are needed
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "docker.io | docker-ce | podman, mmdebstrap, uidmap, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_SOURCE_DIR}/postinst")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
