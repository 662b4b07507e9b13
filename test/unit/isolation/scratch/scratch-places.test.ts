import { describe, expect, it } from 'vitest';
import { parseMountInfo } from '../../../../src/isolation/mount-info.ts';
import { scratchPlaces } from '../../../../src/isolation/scratch/scratch-places.ts';

const line = (point: string, type: string, options = 'rw,relatime'): string =>
  `1 0 8:1 / ${point} ${options} - ${type} source rw`;
const POD = parseMountInfo(
  [
    line('/', 'overlay'),
    line('/proc', 'proc'),
    line('/dev', 'tmpfs'),
    line('/dev/shm', 'tmpfs'),
    line('/etc/hosts', 'ext4'),
    line('/memory', 'tmpfs'),
    line('/builds', 'xfs'),
    line('/builds/deep', 'ext4'),
    line('/config', 'ext4', 'ro,relatime'),
    line('/run/secrets/token', 'tmpfs'),
  ].join('\n'),
);
const told = (env: Record<string, string>, isContainer = true): string[] =>
  scratchPlaces(env, POD, isContainer).map(({ origin, directory }) => `${origin}: ${directory}`);

describe('scratchPlaces', () => {
  it('asks the runner, then the workspace, then the user, then what is mounted, disks before memory', () => {
    const env = { RUNNER_TEMP: '/temp', TMPDIR: '/mine', GITHUB_WORKSPACE: '/builds/deep/repo' };
    expect(told(env)).toEqual([
      'RUNNER_TEMP: /temp',
      "the workspace's volume: /builds/deep",
      'TMPDIR: /mine',
      '/tmp: /tmp',
      'a volume of the container: /builds',
      'a volume of the container: /builds/deep',
      'a file system in memory: /memory',
    ]);
  });

  it('leaves the mounts of a machine alone', () => {
    expect(told({ TMPDIR: '/mine', GITHUB_WORKSPACE: '/builds/repo' }, false)).toEqual([
      'TMPDIR: /mine',
      '/tmp: /tmp',
    ]);
  });

  it('passes over variables that name no directory, and a workspace in the root itself', () => {
    expect(told({ RUNNER_TEMP: '', TMPDIR: 'relative', GITHUB_WORKSPACE: '/elsewhere' })).toEqual([
      '/tmp: /tmp',
      'a volume of the container: /builds',
      'a volume of the container: /builds/deep',
      'a file system in memory: /memory',
    ]);
  });
});
