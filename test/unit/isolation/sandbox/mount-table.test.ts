import { describe, expect, it } from 'vitest';
import { mountTable, type MountPlan } from '../../../../src/isolation/sandbox/mount-table.ts';

const plan = (more: Partial<MountPlan> = {}): MountPlan => ({
  rootDir: '/r',
  ownProc: true,
  ownDevices: true,
  terminalGroup: true,
  binds: [],
  shmBytes: 100,
  launcher: '/usr/bin/unshare',
  ownSysfs: true,
  messageQueues: true,
  sysMounts: [],
  exists: () => true,
  restrictionsOf: () => [],
  ...more,
});

describe('mountTable', () => {
  it('hides and protects what Docker does, where RUN has a proc of its own', () => {
    const { required, optional } = mountTable(plan());
    expect(required).toContain('proc /r/proc proc nosuid,nodev,noexec 0 0\n');
    expect(required).toContain('/r/proc/sys /r/proc/sys none bind,ro,nosuid,nodev,noexec 0 0\n');
    expect(required).toContain('/r/dev/null /r/proc/kcore none bind 0 0\n');
    expect(required).toContain('tmpfs /r/sys/firmware tmpfs ro,size=0,nosuid,nodev,noexec 0 0\n');
    expect(optional).toBe('');
  });

  it('ends with taking devices away from /dev, after all that lies in it', () => {
    const lines = mountTable(plan()).required.trim().split('\n');
    expect(lines.at(-1)).toBe('none /r/dev none remount,bind,nosuid,nodev 0 0');
    expect(lines).toContain('mqueue /r/dev/mqueue mqueue nosuid,nodev,noexec 0 0');
    expect(lines[0]).toBe('sysfs /r/sys sysfs ro,nosuid,nodev,noexec 0 0');
    const less = mountTable(plan({ ownSysfs: false, messageQueues: false })).required;
    expect(less).not.toMatch(/sysfs|mqueue/);
  });

  it("binds the machine's proc whole, and adds protection as far as it is let", () => {
    const { required, optional } = mountTable(plan({ ownProc: false }));
    expect(required).toContain('/proc /r/proc none rbind 0 0\n');
    expect(required).not.toContain('kcore');
    expect(optional).toContain('/r/proc/sys /r/proc/sys none rbind,ro,nosuid,nodev,noexec 0 0\n');
  });

  it('mounts over its own proc only what is there', () => {
    expect(mountTable(plan({ exists: (path) => path !== '/proc/kcore' })).required).not.toContain('kcore');
  });

  it("keeps the restrictions of the machine's mounts on read-only binds", () => {
    const { required } = mountTable(
      plan({
        ownDevices: false,
        restrictionsOf: (path) => (path === '/dev/tty' ? ['nosuid', 'noexec'] : []),
      }),
    );
    expect(required).toContain('/dev/tty /r/dev/tty none bind,nosuid,noexec,ro 0 0\n');
    expect(required).toContain('/dev/null /r/dev/null none bind,ro 0 0\n');
  });

  it('opens no devices through binds, and escapes what fstab cannot hold', () => {
    const { required } = mountTable(
      plan({
        binds: [
          { source: '/a b', target: '/c#d' },
          { source: '/e\\f', target: '/g', readOnly: true },
        ],
      }),
    );
    expect(required).toContain('/a\\040b /r/c\\043d none bind,nodev 0 0\n');
    expect(required).toContain('/e\\134f /r/g none bind,nodev,ro 0 0\n');
  });

  it('makes the launcher read-only and covers what is mounted below a bound /sys', () => {
    const { required } = mountTable(plan({ sysMounts: ['/sys/fs/cgroup'] }));
    expect(required).toContain('/usr/bin/unshare /usr/bin/unshare none bind,ro 0 0\n');
    expect(required).toContain('tmpfs /r/sys/fs/cgroup tmpfs ro,size=0,nosuid,nodev,noexec 0 0\n');
  });
});
