import { execute, type Executed } from '../e2e/execute.ts';
import { installProgram } from '../e2e/program.ts';
import type { TestRegistry } from '../e2e/registry.ts';
import { TOOL_PATH } from '../e2e/requirements.ts';
import type { ImageBuilder } from './builders.ts';

/** The path of another build of the command line than the one in dist/, to try changes while working on them. */
const OTHER = process.env['TS_KANIKO_TEST_CLI'];

/** What the registry of the tests does not have is not looked for in the world. */
const REGISTRY_ALONE = ['--skip-default-registry-fallback'];

export interface OurBuilder extends ImageBuilder {
  remove(): void;
}

/** Our command line, with the base images in a registry. */
export function ourBuilder(registry: TestRegistry, scratch: string): OurBuilder {
  const { cli, remove } = OTHER === undefined ? installProgram() : otherProgram(OTHER);
  return {
    name: 'ts-kaniko',
    build: async (it, context, output) => {
      const flags = [...REGISTRY_ALONE, ...registry.flags, '--no-push', '--oci-layout-path', output];
      const words = ['build', '--context', it.context ?? context, ...flags, ...it.flags];
      const { status, stdout, stderr } = await cli(words, { env: { TMPDIR: scratch } });
      return status === 0 ? { layout: output } : { failure: `${stdout}${stderr}` };
    },
    remove,
  };
}

type Cli = (words: readonly string[], options: { readonly env: Record<string, string> }) => Promise<Executed>;

function otherProgram(file: string): { cli: Cli; remove(): void } {
  const surroundings = { PATH: TOOL_PATH, HOME: '/nonexistent', LC_ALL: 'C.UTF-8' };
  return {
    cli: (words, { env }) =>
      execute(process.execPath, [file, ...words], { env: { ...surroundings, ...env } }),
    remove: () => undefined,
  };
}
