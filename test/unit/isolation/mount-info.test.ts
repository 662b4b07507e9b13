import { describe, expect, it } from 'vitest';
import { mountOf, mountsBelow, parseMountInfo, restrictionsOf } from '../../../src/isolation/mount-info.ts';

const TEXT = String.raw`22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw,discard
31 23 0:28 / /sys/fs/cgroup rw,nosuid,nodev,noexec - tmpfs tmpfs rw
32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw
33 27 0:30 / /sys/kernel/debug rw - debugfs debugfs rw
34 27 0:31 / /mnt/a\040b\134c ro,nosuid - tmpfs tmpfs rw
35 27 0:32 / /mnt/a\040b\134c rw,nodev - xfs /dev/b rw
`;

describe('mountinfo', () => {
  const mounts = parseMountInfo(TEXT);

  it('finds type and options behind any number of optional fields', () => {
    expect(mountOf(mounts, '/')).toEqual({ mountPoint: '/', options: ['rw', 'relatime'], fsType: 'ext4' });
    expect(mountOf(mounts, '/proc/1')?.fsType).toBe('proc');
  });

  it('decodes names and takes the topmost of several mounts', () => {
    expect(mountOf(mounts, '/mnt/a b\\c/file')?.fsType).toBe('xfs');
  });

  it('does not take a longer name for a path below', () => {
    expect(mountOf(mounts, '/process')?.fsType).toBe('ext4');
    expect(mountOf([], '/x')).toBeUndefined();
  });

  it('lists the outermost mounts below a directory, not the directory itself', () => {
    expect(mountsBelow(mounts, '/sys')).toEqual(['/sys/fs/cgroup', '/sys/kernel/debug']);
    expect(mountsBelow(mounts, '/proc')).toEqual([]);
    expect(mountsBelow(mounts, '/')).toEqual(['/proc', '/sys/fs/cgroup', '/sys/kernel/debug', '/mnt/a b\\c']);
  });

  it('names the restrictions only', () => {
    expect(restrictionsOf(mountOf(mounts, '/sys/fs/cgroup'))).toEqual(['nosuid', 'nodev', 'noexec']);
    expect(restrictionsOf(undefined)).toEqual([]);
  });
});
