import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callFilter } from '../../src/isolation/filter/call-filter.ts';
import { filteringLauncher } from '../../src/isolation/filter/filtering-launcher.ts';
import { execute } from '../support/e2e/execute.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { qemuUser } from '../support/qemu-user.ts';

const installed =
  missing({ tools: ['apt-get', 'dpkg'] }) === undefined ? await qemuUser().catch(() => '') : '';
const reason = installed === '' ? 'no package of qemu' : undefined;
/** cbnz x0, to the end; and an instruction that does nothing. */
const [LEAVE, NOTHING] = [Buffer.from('c00000b5', 'hex'), Buffer.from('1f2003d5', 'hex')];

describe.skipIf(reason !== undefined)(titled('the launcher of arm64, emulated', reason), () => {
  let directory: string;
  const emulator = join(installed, 'qemu-aarch64-static');
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'launcher-'));
    const bytes = filteringLauncher(callFilter({ calls: ['setuid'], fate: 'pretended' }, 'arm64'), 'arm64');
    writeFileSync(join(directory, 'launcher'), bytes, { mode: 0o755 });
    const at = bytes.indexOf(LEAVE);
    expect(at).toBeGreaterThan(0);
    NOTHING.copy(bytes, at);
    writeFileSync(join(directory, 'unfiltered'), bytes, { mode: 0o755 });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const run = (name: string, ...words: string[]) =>
    execute(emulator, ['-strace', join(directory, name), ...words], { env: { A: 'b' } });

  it('says an empty line where it has nothing to start', async () => {
    expect(await run('launcher')).toMatchObject({ status: 0, stdout: '\n' });
  });

  it('asks for no privileges and the filter, and starts nothing where that is refused', async () => {
    const { status, stdout, stderr } = await run('launcher', '/bin/echo', 'x');
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr).toMatch(/prctl\(38,1,0,0,0,0\) = 0\n/);
    // The emulator lets nobody filter its calls.
    expect(stderr).toMatch(/prctl\(22,2,65784,0,0,0\) = -1 errno=22/);
  });

  it('becomes the program that is named, with its arguments and the environment', async () => {
    expect(await run('unfiltered', '/bin/sh', '-c', 'echo "$1 $A"; exit 7', 'sh', 'x y')).toMatchObject({
      status: 7,
      stdout: 'x y b\n',
    });
  });
});
