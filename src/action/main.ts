import { resolve } from 'node:path';
import { atVerbosity, exitCode, githubReporter } from '../report/index.ts';
import { type Environment } from '../request/index.ts';
import { buildStep } from './build-step.ts';
import { tellFailure } from './failure.ts';
import { inputValues } from './input-values.ts';
import { placeOf } from './place.ts';
import { type ActionPorts } from './ports.ts';
import { say } from './say.ts';
import { sweepScratch } from './scratch.ts';

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
  const values = inputValues(runner);
  if (values.flag('doctor') === true) {
    const wanted = values.text('scratch-dir');
    say(runner, (await ports.runDoctor({ env, scratchParent: wanted && resolve(cwd, wanted) })).text);
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
  await sweepScratch(env, ports);
  return 0;
}
