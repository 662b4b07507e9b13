import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runSync } from '../../../src/process/index.ts';

const MODULE = fileURLToPath(import.meta.resolve('../../../src/cli/require-node.ts'));

/** Loads the module in a process that says it is this version of Node. */
function loadedBy(version: string): ReturnType<typeof runSync> {
  const script = `
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
    await import(${JSON.stringify(MODULE)});
    console.log('went on');`;
  return runSync(process.execPath, ['--input-type=module', '--eval', script]);
}

describe('the Node that the command needs', () => {
  it('is told where it is older', () => {
    const { status, stdout, stderr } = loadedBy('20.20.2');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('needs Node 24 or newer; this is 20.20.2');
  });

  it('is not spoken of where it is new enough', () => {
    expect(loadedBy('24.0.0')).toMatchObject({ status: 0, stdout: 'went on\n', stderr: '' });
    expect(loadedBy('26.1.0')).toMatchObject({ status: 0, stdout: 'went on\n' });
  });
});
