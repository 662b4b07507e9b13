import { join } from 'node:path';
import { buildIn, type BuiltIn } from './build-in.ts';
import type { TestEnvironment } from './environment.ts';
import type { Laboratory } from './laboratory.ts';

const ATTACKS = join(import.meta.dirname, '../../environments/attacks');

/** What attacks in an environment came to. */
export interface Attacked {
  readonly build: BuiltIn;
  readonly held: readonly string[];
  readonly succeeded: Readonly<Record<string, string>>;
}

/** Builds hostile steps in an environment; nothing is pushed. The workspace holds a file `canary`, as does the environment a word. */
export async function attack(environment: TestEnvironment, laboratory: Laboratory): Promise<Attacked> {
  const build = await buildIn(environment, laboratory, {
    context: ATTACKS,
    flags: ['--context', 'dir:///workspace/context', '--no-push', ...laboratory.registry.flags],
    env: { CANARY: 'canary-in-the-builder' },
    files: { canary: 'canary\n' },
  });
  const found = [...(build.stdout + build.stderr).matchAll(/^\S*\s?attack (\S+) (held|succeeded)(.*)$/gm)];
  // The last step works in a descriptor of another process; where that cannot be entered, it was not.
  const isReached = (build.stdout + build.stderr).includes('WORKDIR /proc/self/fd/3');
  const refused = build.status !== 0 && isReached && !found.some(([, name]) => name === 'workdir-descriptor');
  return {
    build,
    held: [
      ...found.filter(([, , word]) => word === 'held').map(([, name = '']) => name),
      ...(refused ? ['workdir-descriptor'] : []),
    ],
    succeeded: Object.fromEntries(
      found
        .filter(([, , word]) => word === 'succeeded')
        .map(([, name = '', , how = '']) => [name, how.trim()]),
    ),
  };
}
