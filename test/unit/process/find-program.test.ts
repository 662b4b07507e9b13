import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../../src/process/index.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'find-program-'))));
afterEach(() => rmSync(directory, { recursive: true }));

describe('findProgram', () => {
  it('takes the first executable regular file of the path', () => {
    for (const name of ['a', 'b', 'c']) mkdirSync(join(directory, name));
    mkdirSync(join(directory, 'a/tool'));
    writeFileSync(join(directory, 'b/tool'), '');
    writeFileSync(join(directory, 'c/tool'), '');
    chmodSync(join(directory, 'c/tool'), 0o755);
    // A file without any x bit is not executable even for root.
    chmodSync(join(directory, 'b/tool'), 0o644);
    const path = ['a', 'b', 'c'].map((name) => join(directory, name)).join(':');
    expect(findProgram('tool', path)).toBe(join(directory, 'c/tool'));
  });

  it('looks into the system directories whatever the path says', () => {
    expect(findProgram('sh', '')).toMatch(/^\/(usr\/)?bin\/sh$/);
  });

  it('ignores relative entries and returns undefined for what is nowhere', () => {
    expect(findProgram('package.json', '.:node_modules')).toBeUndefined();
    expect(findProgram('no-such-program', '/usr/bin')).toBeUndefined();
  });
});
