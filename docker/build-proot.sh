#!/bin/sh
# Builds proot 5.4 or newer, without shared libraries, as $1. The source is upstream's as Debian sid distributes it: apt
# checks it against the signed index. Debian's patches are left out: one switches the seccomp accelerator off, and such a
# build translates nothing on Linux 6.18 unless told so (PROOT_NO_SECCOMP=1), and slowly then. Needs apt-get, gcc, make and
# libtalloc-dev.
set -eu
out=$1
here=$(readlink -f "$(dirname "$0")")
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

# proot-owners.c beside this script makes the faker of root write down what it fakes.
cp "$here/proot-owners.c" source/src/extension/fake_id0/owners.c
faker=source/src/extension/fake_id0/fake_id0.c
sed -i -e '/^static FilteredSysnum filtered_sysnums/i #include "extension/fake_id0/owners.c"\n' \
  -e 's|extension->filtered_sysnums = filtered_sysnums;|extension->filtered_sysnums = owners_open(extension, filtered_sysnums);|' \
  -e 's|memcpy(extension->config, parent->config, sizeof(Config));|&\n\t\towners_child(TRACEE(parent), TRACEE(extension));|' \
  -e 's|^\t\t\tconfig->euid = 0;$|&\n\t\t\towners_given(tracee, "setresuid", 0);|' \
  -e 's|^\t\t\tconfig->egid = 0;$|&\n\t\t\towners_given(tracee, "setresgid", 0);|' \
  -e 's|return handle_sysexit_end(tracee, config);|int real = (int) peek_reg(tracee, CURRENT, SYSARG_RESULT);\n\t\tint status = handle_sysexit_end(tracee, config);\n\t\towners_record(tracee, real, status < 0 ? status : (int) peek_reg(tracee, CURRENT, SYSARG_RESULT));\n\t\treturn status;|' \
  "$faker"
test "$(grep -c owners_ "$faker")" = 5

# proot-unknown.h makes it refuse calls that it does not translate.
cp "$here/proot-unknown.h" source/src/syscall/unknown.h
filter=source/src/syscall/seccomp.c
sed -i -e '/^static int add_statements/i #include "syscall/unknown.h"\n' \
  -e "s|#define LENGTH_END_SECTION 1|#define LENGTH_END_SECTION (UNKNOWN_CALLS_LENGTH + 1)|" \
  -e 's|^\t\tBPF_STMT(BPF_RET + BPF_K, SECCOMP_RET_ALLOW)$|\t\tUNKNOWN_CALLS\n&|' "$filter"
test "$(grep -c 'unknown.h\|UNKNOWN_' "$filter")" = 3

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
