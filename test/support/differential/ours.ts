import { join } from 'node:path';
import { execute } from '../e2e/execute.ts';
import { TOOL_PATH } from '../e2e/requirements.ts';
import type { TestRegistry } from '../e2e/registry.ts';
import type { ImageBuilder } from './builders.ts';
import { flagsOf } from './cases.ts';

const CLI = join(import.meta.dirname, '../../../src/cli/index.ts');

/** The command line as its sources are, with the base images in a registry. */
export function ourBuilder(registry: TestRegistry, scratch: string): ImageBuilder {
  const env = { PATH: TOOL_PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8', TMPDIR: scratch };
  return {
    name: 'ts-kaniko',
    build: async (it, context, output) => {
      const flags = [...registry.flags, '--no-push', '--oci-layout-path', output];
      const words = [CLI, 'build', '--context', context, ...flags, ...flagsOf(it, context)];
      const { status, stdout, stderr } = await execute(process.execPath, words, { env });
      return status === 0 ? { layout: output } : { failure: `${stdout}${stderr}` };
    },
  };
}
