import { atVerbosity, exitCode, githubReporter } from '../report/index.ts';
import { scratchParentOf, type Environment } from '../request/index.ts';
import { buildStep } from './build-step.ts';
import { tellFailure } from './failure.ts';
import { inputValues } from './input-values.ts';
import { placeOf } from './place.ts';
import { type ActionPorts } from './ports.ts';
import { say } from './say.ts';
import { dropScratch, leftScratch } from './scratch.ts';

const STARTED = 'started';

/** The action: its main step, or its post step where a main step went before. Returns the exit status; never throws. */
export async function main(env: Environment, ports: ActionPorts): Promise<number> {
  try {
    if (ports.runner.state(STARTED) !== '') return await postStep(env, ports);
    ports.runner.saveState(STARTED, 'true');
    return await mainStep(env, ports);
  } catch (error) {
    tellFailure(error, env, ports);
    return exitCode(error);
  }
}

async function mainStep(env: Environment, ports: ActionPorts): Promise<number> {
  const { runner, now, cwd } = ports;
  if (inputValues(runner).flag('doctor') === true) {
    say(runner, (await ports.runDoctor({ env, scratchParent: scratchParentOf(env) })).text);
    return 0;
  }
  const reporter = githubReporter({
    write: (line) => runner.line(line),
    now,
    annotate: (message, location) => runner.warn(message, placeOf(location, env, cwd)),
  });
  return buildStep(atVerbosity(reporter, runner.isDebug() ? 'debug' : 'info'), env, ports);
}

/** Removes what a main step that was killed left behind. That it cannot fails no job. */
async function postStep(env: Environment, ports: ActionPorts): Promise<number> {
  const directory = leftScratch(env, ports.runner);
  if (directory !== undefined) await dropScratch(directory, { env, isolation: 'auto' }, ports);
  return 0;
}
