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
  // A directory of another process that cannot be entered was not entered.
  const refused = /working directory \/proc\/self\/fd\/3 cannot be entered|cannot change directory/.test(
    build.stdout + build.stderr,
  );
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
