# What a RUN sees of the place it is in. Prints a line for each: view NAME VALUE.
view() { name=$1; shift; echo "view $name $(eval "$*" 2>&1 | tr '\n' ' ' | sed 's/ *$//')"; }
view umask umask
view user 'id -u; id -g; id -G'
view directory pwd
view stdin 'readlink /proc/self/fd/0'
view nodes 'for d in null zero full random urandom tty; do [ -c /dev/$d ] && echo $d; done'
view directories 'for d in pts shm mqueue; do [ -d /dev/$d ] && stat -c "%n %a" /dev/$d; done'
view links 'for l in fd stdin stdout stderr ptmx; do [ -e /dev/$l ] && echo $l; done'
view nothing 'echo x >/dev/null && head -c 3 /dev/zero | wc -c'
view shared 'df -m /dev/shm | tail -n 1 | tr -s " " | cut -d " " -f 2'
view limits 'ulimit -Sn; ulimit -Hn'
view hosts 'grep -c "10.1.2.3.*some.where" /etc/hosts'
view name 'test "$(cat /etc/hostname)" = "$(hostname)" && echo the same'
view resolver 'md5sum </etc/resolv.conf'
view builder 'readlink /proc/1/exe | grep -c /kaniko/'
view kernel 'ls -d /sys/kernel /proc/sys/kernel; (: >>/proc/sys/kernel/panic) 2>/dev/null && echo written'
# Nothing of this may be in the layer.
for file in /etc/hosts /etc/resolv.conf /etc/hostname /dev/left /dev/shm/left /dev/mqueue/left; do
  (echo left >>$file) 2>/dev/null || :
done
