#!/bin/sh
# Builds proot 5.4 or newer, without shared libraries, as $1. The source is upstream's as Debian sid distributes it: apt
# checks it against the signed index. Debian's patches are left out: one switches the seccomp accelerator off, and such a
# build translates nothing on Linux 6.18 unless told so (PROOT_NO_SECCOMP=1), and slowly then. Needs apt-get, gcc, make and
# libtalloc-dev.
set -eu
out=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial"
printf 'Types: deb-src\nURIs: http://deb.debian.org/debian\nSuites: sid\nComponents: main\nSigned-By: %s\n' \
  /usr/share/keyrings/debian-archive-keyring.gpg >"$work/sources/sid.sources"

# The lists of this system stay as they are. Signed like every suite; a mirror that is behind is no harm.
fetch() {
  apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" -o Dir::State::Lists="$work/lists" \
    -o Dir::Cache="$work/cache" -o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root \
    -o APT::Update::Post-Invoke-Success= "$@"
}
fetch update
cd "$work"
fetch source --download-only --tar-only proot
mkdir source
tar -xzf proot_*.orig.tar.gz -C source --strip-components=1
version=$(echo proot_*.orig.tar.gz | sed 's/^proot_//; s/\.orig\.tar\.gz$//')

# Neither swig nor python3 is looked for: there are no extensions in Python.
make -C source/src HAS_SWIG= VERSION="$version" CFLAGS='-O2 -w' LDFLAGS='-static -Wl,-z,noexecstack -ltalloc' proot \
  >make.log 2>&1 || {
  cat make.log >&2
  exit 1
}
strip source/src/proot
source/src/proot --version | grep -q 'seccomp_filter = yes'
mkdir -p "$(dirname "$out")"
install -m 755 source/src/proot "$out"
