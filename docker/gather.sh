#!/bin/sh
# Lays out the builder's image: programs of this Debian with their libraries below /kaniko, bound to them alone, so that
# they run whatever lies in the rest of the root. $1 is the directory that becomes the root.
set -eu
out=$1
programs="sh env cp mv rm ln ls cat id mkdir mkfifo mknod chmod chown tr sort sleep true
  unshare mount umount setpriv prlimit newuidmap newgidmap find getfattr setfattr ip strace tar gzip xz git"

mkdir -p "$out/kaniko/bin" "$out/kaniko/lib" "$out/kaniko/git-core" "$out/kaniko/ssl/certs" "$out/kaniko/.docker"

# Copies a program under a name and binds it to the libraries in /kaniko/$3, which are copied from where they are found.
take() {
  cp -L "$1" "$2"
  chmod 755 "$2"
  mkdir -p "$out/kaniko/$3"
  ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' | while read -r library; do
    cp -nL "$library" "$out/kaniko/$3/"
  done
  patchelf --set-interpreter "/kaniko/$3/ld-linux-x86-64.so.2" --force-rpath --set-rpath "/kaniko/$3" "$2"
}

for name in $programs; do take "$(which "$name")" "$out/kaniko/bin/$name" lib; done
take /node "$out/kaniko/bin/node" lib
for name in git git-remote-http git-submodule--helper; do
  test ! -e "/usr/lib/git-core/$name" || take "/usr/lib/git-core/$name" "$out/kaniko/git-core/$name" lib
done
ln -s git-remote-http "$out/kaniko/git-core/git-remote-https"

# Of build-proot.sh: it needs no libraries.
cp /proot "$out/kaniko/bin/proot"

# File capabilities work in pods, where a setuid program would need CAP_SYS_ADMIN.
setcap cap_setuid=ep "$out/kaniko/bin/newuidmap"
setcap cap_setgid=ep "$out/kaniko/bin/newgidmap"

cp /etc/ssl/certs/ca-certificates.crt "$out/kaniko/ssl/certs/"
mkdir -p "$out/etc" "$out/workspace" "$out/tmp"
chmod 1777 "$out/workspace" "$out/tmp"
printf 'root:x:0:0:root:/kaniko:/kaniko/bin/sh\nbuilder:x:1001:1001:builder:/kaniko:/kaniko/bin/sh\n' >"$out/etc/passwd"
printf 'root:x:0:\nbuilder:x:1001:\n' >"$out/etc/group"
for file in subuid subgid; do printf 'builder:100000:65536\n' >"$out/etc/$file"; done

# The shell and its kin of the image called debug. No RUN may be needed there: one in the root of a container of this very
# image would find that container's /kaniko and /busybox in place of its own.
mkdir -p "$out-debug/busybox"
cp /bin/busybox "$out-debug/busybox/busybox"
for name in $(busybox --list); do test "$name" = busybox || ln -s busybox "$out-debug/busybox/$name"; done

# What the image has outside /kaniko: a build in the root puts it aside and brings it back.
(cd "$out" && find etc -type f | sort) >"$out/kaniko/.ts-kaniko-image"
