import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inSandbox, noRootSandbox, ROOT_BACKENDS } from '../support/sandbox-report.ts';

const reason = noRootSandbox();

describe.skipIf(reason !== undefined)(
  `RUN reaches for the host${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    let directory = '';
    const server = createServer();

    beforeAll(async () => {
      directory = mkdtempSync(`${tmpdir()}/host-`);
      writeFileSync(`${directory}/token`, 'host-token');
      await new Promise<void>((resolve) => void server.listen(`${directory}/docker.sock`, resolve));
    });
    afterAll(() => {
      server.close();
      rmSync(directory, { recursive: true, force: true });
    });

    const reports = (backend: (typeof ROOT_BACKENDS)[number], ...scripts: string[]): string[] =>
      inSandbox({ backend, runs: scripts.map((script) => ({ script: `${script}; :` })) }).runs.map(
        ({ stdout }) => stdout,
      );

    it.each(ROOT_BACKENDS)('sees none of its files, sockets and mounts (%s)', (backend) => {
      const [files, mounts, up, nested] = reports(
        backend,
        `cat ${directory}/token; ls ${directory}; ls /work /home /run /var/run/secrets`,
        `awk '{print $5}' /proc/self/mountinfo | grep -v -E '^/(dev|proc|sys)(/|$)'`,
        `cd /; cd ../../../..; pwd; ls; cat ../../../..${directory}/token`,
        `unshare -U -m -r sh -c 'umount -l /; umount /; cat ${directory}/token; cd ../..; cat .${directory}/token'`,
      );
      expect(files).toBe('');
      // The root itself and the one bind the test asked for.
      expect(mounts!.trim().split('\n').sort()).toEqual(['/', '/etc/hosts']);
      expect(up).toMatch(/^\/\nbin\n/);
      expect(up).not.toContain('host-token');
      expect(nested).not.toContain('host-token');
    });

    it.each(ROOT_BACKENDS)('cannot mount, load or trace (%s)', (backend) => {
      const [mount, chrooted, trace] = reports(
        backend,
        'mount -t tmpfs tmpfs /srv && echo mounted; mount -t proc proc /srv && echo mounted; umount /proc/sys && echo unmounted',
        `mkdir -p /srv/jail; chroot /srv/jail /bin/true; mount -o remount,rw /sys && echo remounted`,
        'cat /proc/kcore | head -c 1; head -c 1 /proc/keys; dmesg -c >/dev/null 2>&1; ls /proc/acpi /proc/scsi 2>/dev/null',
      );
      expect([mount, chrooted]).toEqual(['', '']);
      expect(trace!.replace(/\/proc\/(acpi|scsi):?\n/g, '').trim()).toBe('');
    });

    it.each(ROOT_BACKENDS)('opens no disk through a device it makes (%s)', (backend) => {
      const [made] = reports(
        backend,
        `for at in /dev/x /srv/x /tmp/x /dev/shm/x /dev/mqueue/x /root/x; do
         for device in "b 254 0" "b 8 0" "c 1 1" "c 1 4"; do
           rm -f $at; mknod $at $device 2>/dev/null && head -c 1 $at 2>/dev/null | wc -c | grep -v 0
         done
       done`,
      );
      expect(made).toBe('');
    });

    it.each(ROOT_BACKENDS)('writes no setting of the kernel (%s)', (backend) => {
      // Opened for writing without a byte being written, or with the value that is there.
      const [written] = reports(
        backend,
        `for f in /proc/sys/kernel/panic /proc/sys/kernel/core_pattern /proc/sys/vm/swappiness /proc/sysrq-trigger /proc/irq/default_smp_affinity; do
         [ -e $f ] && (: >>$f) 2>/dev/null && echo $f
       done
       find /sys -type f -perm -200 2>/dev/null | head -300 | while read -r f; do (: >>$f) 2>/dev/null && echo $f; done`,
      );
      expect(written).toBe('');
    });
  },
);
