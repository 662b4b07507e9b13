import { dirname, isAbsolute } from 'node:path';
import { plain } from '../report/index.ts';
import { type Environment } from '../request/index.ts';
import { type ActionPorts } from './ports.ts';
import { type Runner } from './runner.ts';

const STATE = 'scratch';

/** Leaves word for the post step of where this step has its scratch space. */
export function noteScratch(directory: string, runner: Runner): void {
  runner.saveState(STATE, directory);
}

/** Removes what a main step that was killed left where its scratch space was; a failure is a warning. */
export async function sweepScratch(
  env: Environment,
  { runner, sweepScratch: sweep }: ActionPorts,
): Promise<void> {
  const directory = runner.state(STATE);
  if (!isAbsolute(directory)) return;
  try {
    await sweep(dirname(directory), env);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    runner.warn(plain(`${directory} could not be removed: ${reason}`), undefined);
  }
}
