import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { spawnProcess } from '../../../src/process/index.ts';

const FOLDER = join(import.meta.dirname, '../../../src/process');
const EXTRA = 24;

/**
 * Runs a script in a Node that was started with descriptor 24 left open. Node itself marks those up to 15, and on to
 * the first gap, so a leak only shows above.
 */
async function inNodeWithExtraDescriptor(script: string): Promise<string> {
  const source = `
    const p = {
      ...(await import(${JSON.stringify(`${FOLDER}/inherited-descriptors.ts`)})),
      ...(await import(${JSON.stringify(`${FOLDER}/index.ts`)})),
    };
    ${script}`;
  const file = openSync('/etc/passwd', 'r');
  const gap = new Array<'ignore'>(EXTRA - 3).fill('ignore');
  const child = await spawnProcess(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit', ...gap, file],
  });
  closeSync(file);
  const output = await text(child.stdout!);
  expect(await child.exited).toMatchObject({ status: 0 });
  return output.trim();
}

describe('closeInheritedDescriptors', () => {
  it('sees what a child would inherit', async () => {
    const seen = await inNodeWithExtraDescriptor('console.log(JSON.stringify(p.passedOnDescriptors()))');
    expect(JSON.parse(seen)).toContain(EXTRA);
  });

  it('leaves children with 0, 1 and 2 only', async () => {
    const seen = await inNodeWithExtraDescriptor(
      "p.closeInheritedDescriptors({}); console.log(p.runSync('ls', ['/proc/self/fd']).stdout)",
    );
    expect(seen.split('\n')).toEqual(['0', '1', '2', '3']); // 3 is the listing itself
  });

  it('leaves certificates alone that Node itself reads meanwhile', async () => {
    const close = (name: string): string =>
      `console.log(p.closeInheritedDescriptors({ ${name}: '/etc/../etc/passwd' }).includes(${EXTRA}))`;
    expect(await inNodeWithExtraDescriptor(close('NODE_EXTRA_CA_CERTS'))).toBe('false');
    expect(await inNodeWithExtraDescriptor(close('SSL_CERT_FILE'))).toBe('false');
    expect(await inNodeWithExtraDescriptor(close('OTHER'))).toBe('true');
  });
});
