import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runSync } from '../../../src/process/index.ts';

const MODULE = fileURLToPath(import.meta.resolve('../../../src/process/hide-arguments.ts'));

describe('hideArguments', () => {
  it('leaves nothing of the arguments for other processes to read, and all for the process itself', () => {
    const script = `
      import { readFileSync } from 'node:fs';
      import { hideArguments } from ${JSON.stringify(MODULE)};
      const seen = () => readFileSync('/proc/self/cmdline', 'latin1').includes('TOKEN=word');
      const before = seen();
      hideArguments('name');
      console.log(JSON.stringify([before, seen(), process.argv.at(-1)]));`;
    const words = ['--input-type=module', '--eval', script, '--', '--build-arg', 'TOKEN=word'];
    const { stdout } = runSync(process.execPath, words);
    expect(JSON.parse(stdout)).toEqual([true, false, 'TOKEN=word']);
  });
});
