import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { explainFullDisk } from '../../../src/builder/full-disk.ts';
import { BuildError } from '../../../src/errors/index.ts';

const explained = (error: unknown): BuildError => explainFullDisk(error, tmpdir());

describe('explainFullDisk', () => {
  it.each([
    Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }),
    new BuildError('FILESYSTEM', 'cp a b failed: cp: error writing b: No space left on device'),
    new BuildError('ARCHIVE', 'the layer cannot be unpacked', { cause: new Error('EDQUOT: quota') }),
    new BuildError('RUN_FAILED', 'exit status 1: Disk quota exceeded', { exitStatus: 1 }),
  ])('knows %s', (error) => {
    const { hint, message, exitStatus } = explained(error);
    expect(hint).toMatch(/^the disk is full.* --scratch-dir/);
    expect(message).toBe(error.message);
    expect(exitStatus).toBe((error as BuildError).exitStatus);
  });

  it('leaves other errors alone, and a RUN that failed where there is room', () => {
    const errors = [
      new BuildError('RUN_FAILED', 'exit status 1', { hint: 'look', exitStatus: 1 }),
      new BuildError('FILESYSTEM', 'EACCES: permission denied'),
    ];
    for (const error of errors) expect(explained(error)).toBe(error);
  });
});
