import { join } from 'node:path';
import type { Flattened } from '../differential/flatten.ts';
import { buildIn, type BuiltIn } from './build-in.ts';
import type { TestEnvironment } from './environment.ts';
import type { Laboratory } from './laboratory.ts';

const SUBJECT = join(import.meta.dirname, '../../environments/subject');

/** What an environment made of the subject. */
export interface Examined {
  readonly build: BuiltIn;
  /** As the log names it; undefined where none was chosen. */
  readonly backend: string | undefined;
  /** The checks of checks.sh that went well, and those that did not with the reason. */
  readonly passed: readonly string[];
  readonly failed: Readonly<Record<string, string>>;
  /** What was pushed; undefined where the build failed. */
  readonly image: Flattened | undefined;
  readonly seconds: number;
}

/** Builds the subject in an environment and pulls what it pushed. */
export async function examine(
  environment: TestEnvironment,
  laboratory: Laboratory,
  more: readonly string[] = [],
): Promise<Examined> {
  const { registry } = laboratory;
  const name = `subject:${environment.name.toLowerCase()}`;
  const started = Date.now();
  const build = await buildIn(environment, laboratory, {
    context: SUBJECT,
    flags: [
      ...['--context', 'dir:///workspace/context', '--destination', `${registry.host}/${name}`],
      ...['--secret', 'id=word,env=WORD', ...registry.flags, ...more],
    ],
    env: { WORD: 'a word that is in no layer' },
  });
  const seconds = Math.round((Date.now() - started) / 100) / 10;
  const log = build.stdout + build.stderr;
  const checks = [...log.matchAll(/check (\S+) (ok|failed)(.*)/g)];
  return {
    build,
    backend: /isolation: (\S+)/.exec(log)?.[1],
    passed: checks.filter(([, , word]) => word === 'ok').map(([, check = '']) => check),
    failed: Object.fromEntries(
      checks
        .filter(([, , word]) => word === 'failed')
        .map(([, check = '', , why = '']) => [check, why.trim()]),
    ),
    image: build.status === 0 ? await laboratory.imageOf(name, Math.floor(started / 1000)) : undefined,
    seconds,
  };
}

/** Whether anything can be run there at all. */
export function canRun({ backend }: Examined): boolean {
  return backend !== undefined && backend !== 'none';
}
