import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryProot } from '../../src/isolation/probe/try-proot.ts';
import { titled, TOOL_PATH } from '../support/e2e/requirements.ts';
import { TEST_PROOT } from '../support/environments/test-proot.ts';

const reason = existsSync(TEST_PROOT) ? undefined : `not built: ${TEST_PROOT}`;
const PLAIN = { unfiltered: false, ownTemporary: false, records: false };

describe.skipIf(reason !== undefined)(titled('tryProot', reason), () => {
  let parent = '';
  let directory = '';
  beforeEach(() => {
    parent = mkdtempSync(`${tmpdir()}/try-proot-`);
    directory = mkdtempSync(`${parent}/empty-`);
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  /** A program that does what the text says before it becomes proot. */
  const proot = (text: string): string => {
    const path = `${parent}/proot`;
    writeFileSync(path, `#!/bin/sh\n${text}\nexec ${TEST_PROOT} "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const tried = (path: string) => tryProot({ path, ...PLAIN }, directory, { PATH: TOOL_PATH });

  it('takes one that works as it is, and leaves nothing behind', async () => {
    const { program, result } = await tried(TEST_PROOT);
    expect(program).toEqual({ path: TEST_PROOT, ...PLAIN, records: true });
    expect(result).toMatchObject({ entered: true, failures: { overlay: expect.any(String) as string } });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('sees that one does not write owners down', async () => {
    const { program, result } = await tried(proot('unset PROOT_OWNERS'));
    expect(program).toMatchObject({ records: false });
    expect(result.entered).toBe(true);
  });

  it('does without the filter of one that translates nothing with it', async () => {
    const path = proot(
      '[ "$PROOT_NO_SECCOMP" = 1 ] || { while [ "$1" != -w ]; do shift; done; shift 2; exec "$@"; }',
    );
    const { program, result } = await tried(path);
    expect(program).toEqual({ path, unfiltered: true, ownTemporary: false, records: true });
    expect(result.entered).toBe(true);
  });

  it('gives up on one that translates nothing at all', async () => {
    const { result } = await tried(proot('while [ "$1" != -w ]; do shift; done; shift 2; exec "$@"'));
    expect(result).toMatchObject({
      entered: false,
      reason: expect.stringContaining('translates no system call') as string,
    });
  });

  it('lends a directory to one that may not use /tmp', async () => {
    const path = proot('[ -d "$PROOT_TMP_DIR" ] || { echo "Please set PROOT_TMP_DIR" >&2; exit 1; }');
    const { program, result } = await tried(path);
    expect(program).toEqual({ path, unfiltered: false, ownTemporary: true, records: true });
    expect(result.entered).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  });
});
