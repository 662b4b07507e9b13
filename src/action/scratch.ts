import { existsSync, mkdtempSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { plain } from '../report/index.ts';
import { scratchParentOf, type Environment, type IsolationChoice } from '../request/index.ts';
import { type ActionPorts } from './ports.ts';
import { type Runner } from './runner.ts';

const STATE = 'scratch';
const PREFIX = 'ts-kaniko-action-';

/** Makes the directory for all scratch space of this step, and leaves word of it for the post step. */
export function makeScratch(env: Environment, runner: Runner): string {
  const directory = mkdtempSync(join(scratchParentOf(env), PREFIX));
  runner.saveState(STATE, directory);
  return directory;
}

/** What makeScratch made in the main step and nobody removed; undefined where there is no such thing. */
export function leftScratch(env: Environment, runner: Runner): string | undefined {
  const directory = runner.state(STATE);
  const isOurs = basename(directory).startsWith(PREFIX) && dirname(directory) === join(scratchParentOf(env));
  return isOurs && existsSync(directory) ? directory : undefined;
}

/** Removes it; a failure is a warning, as the image is not worse for it. */
export async function dropScratch(
  directory: string,
  o: { readonly env: Environment; readonly isolation: IsolationChoice },
  { removeScratch, runner }: ActionPorts,
): Promise<void> {
  try {
    await removeScratch(directory, o);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    runner.warn(plain(`${directory} could not be removed: ${reason}`), undefined);
  }
}
