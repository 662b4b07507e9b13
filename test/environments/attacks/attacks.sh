# What a hostile RUN tries. Prints a line for each: attack NAME held, or attack NAME succeeded HOW.
# The builder was started with the word of $1 in its environment and in a file of its workspace.
word=$1
try() {
  name=$1
  if said=$(sh -c "$2" sh "$word" 2>/dev/null) && test -n "$said"; then
    echo "attack $name succeeded $(echo "$said" | head -n 1 | cut -c 1-80)"
  else
    echo "attack $name held"
  fi
}
try read-environment 'grep -l -a "$1" /proc/[0-9]*/environ'
try read-arguments 'grep -l -a -e "--[n]o-push" /proc/[0-9]*/cmdline'
try read-descriptors 'for f in /proc/[0-9]*/fd/*; do case $(readlink "$f") in *"(deleted)") ;; /workspace/*|*/ts-kaniko-*) echo "$f";; esac; done'
try read-own-descriptors 'for n in $(seq 3 255); do test -e "/proc/$$/fd/$n" && readlink "/proc/$$/fd/$n"; done | grep -v "^/proc/\|/bin/sh\|pipe:"'
try read-files 'cat /workspace/canary'
try through-other-roots 'for p in /proc/[0-9]*; do cat "$p/root/workspace/canary" 2>/dev/null && echo "$p"; done'
try through-other-cwd 'for p in /proc/[0-9]*; do cat "$p/cwd/canary" 2>/dev/null && echo "$p"; done'
try write-files 'echo x >/workspace/written && echo written'
try see-builder-mounts 'cut -d " " -f 5 /proc/self/mountinfo | grep -e /workspace -e ts-kaniko-'
try find-tokens 'cat /kaniko/.docker/config.json /workspace/home/.docker/config.json'
try find-sockets 'find / -xdev -type s | grep -v /var/run/dbus'
try mount-over 'mount -t tmpfs x /mnt && echo mounted'
try make-devices 'mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk | wc -c | grep 1; rm -f /tmp/disk'
try signal-builder 'for p in /proc/[0-9]*; do case $(tr "\0" " " <"$p/cmdline" 2>/dev/null) in *dist/[b]uilder*|ts-[k]aniko*) kill -0 "${p#/proc/}" && echo "$p";; esac; done'
try write-kernel 'echo 1 >/proc/sys/kernel/panic_on_oops && echo written'
(setsid sh -c 'while :; do echo alive >>/daemon; sleep 0.1; done' >/dev/null 2>&1 &)
sleep 0.3
echo "attack script ended"
