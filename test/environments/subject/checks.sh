# What programs expect of the place a RUN gives them. Prints a line for each: check NAME ok, or check NAME failed WHY.
# A check leaves nothing, whatever it finds: the image is compared for what its Dockerfile means.
check() {
  name=$1
  if said=$(sh -c "$2" 2>&1); then
    echo "check $name ok"
  else
    echo "check $name failed $(echo "$said" | tail -n 2 | tr '\n' ' ' | cut -c 1-200)"
  fi
  rm -f /dev/shm/x /tmp/c /tmp/s /tmp/n /home/bob/mine
}
check devices 'echo x >/dev/null && test "$(head -c 4 /dev/urandom | wc -c)" = 4'
check process-substitution 'bash -c "read -r line < <(echo hi) && test \$line = hi"'
check descriptors 'test -d /dev/fd/ && echo y >/dev/stderr && echo z >/dev/stdout'
check shared-memory 'echo a >/dev/shm/x'
check hosts 'getent hosts localhost'
check processes 'test -n "$(ls /proc | grep "^[0-9]")" && readlink /proc/self/exe'
check chown 'touch /tmp/c && chown www-data:games /tmp/c && test "$(stat -c %u:%g /tmp/c)" = 33:60'
check setuid-bit 'cp /bin/true /tmp/s && chmod 4755 /tmp/s && test "$(stat -c %a /tmp/s)" = 4755'
check mknod 'mknod /tmp/n c 1 3 && test -c /tmp/n'
check other-user 'setpriv --reuid 33 --regid 33 --init-groups sh -c "test \$(id -u) = 33"'
check su 'su nobody -s /bin/sh -c "id -u" | grep -qx 65534'
check files-of-su 'su bob -c "touch ~/mine" && test "$(stat -c %U /home/bob/mine)" = bob'
check apt-packages 'command -v ping cron ssh-agent'
check setgid-file 'test "$(stat -c "%a %G" /usr/bin/crontab)" = "2755 crontab"'
check capability 'getcap /bin/ping | grep -q cap_net_raw'
check service-user 'id messagebus'
