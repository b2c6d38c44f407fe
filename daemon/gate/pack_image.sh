#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# pack_image.sh ISAG_GATE NFT TAR: packs the gate's image, the same bytes from the same files: its checksum names it.
set -eu
gate=$1 nft=$2 tar=$3
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/.isag/run" "$root/usr/sbin"
cp -L "$gate" "$root/isag-gate"
strip "$root/isag-gate"
cp -L "$nft" "$root/usr/sbin/nft"
# "libmnl.so.0 => /lib/x86_64-linux-gnu/libmnl.so.0 (0x…)", and the loader as a path alone.
ldd "$nft" | sed -n 's|^.*=> *\(/[^ ]*\) .*|\1|p; s|^[[:space:]]*\(/[^ ]*\) (.*|\1|p' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
chmod -R u=rwX,go=rX "$root"
tar --create --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --directory="$root" . >"$tar.new"
mv "$tar.new" "$tar"
