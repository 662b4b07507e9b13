import { abortOnSignals, exitCode, orCancelled, signalExitCode, type Reporter } from '../report/index.ts';
import {
  imageFiles,
  imageMetadata,
  parseGoBool,
  writeTextFiles,
  type AssembledRequest,
  type BuildRequest,
  type BuildResult,
  type CallAnswer,
  type Environment,
} from '../request/index.ts';
import { tellFailure } from './failure.ts';
import { inputValues } from './input-values.ts';
import { OUTPUT_VALUES } from './outputs.ts';
import { type ActionPorts } from './ports.ts';
import { readPublish } from './read-publish.ts';
import { readRequest } from './read-request.ts';
import { type Runner } from './runner.ts';
import { say, sayGroup } from './say.ts';
import { noteScratch } from './scratch.ts';
import { recordSteps } from './step-record.ts';
import { failureSummary, successSummary } from './summary.ts';
import { refuseInputs, tellOfInputs } from './treat-inputs.ts';

/** Builds what the inputs ask for, or answers what they ask about it, and returns the exit status. Every failure is told to the runner. */
export async function buildStep(reporter: Reporter, env: Environment, ports: ActionPorts): Promise<number> {
  const { runner } = ports;
  const record = recordSteps(reporter);
  const { signal, dispose } = abortOnSignals(ports.signals, (name) => ports.exit(signalExitCode(name)));
  try {
    refuseInputs(runner);
    const values = inputValues(runner);
    const surroundings = {
      ...{ reporter: record.reporter, signal, env, archives: ports.archives },
      onScratch: (directory: string) => noteScratch(directory, runner),
    };
    const published = readPublish(values, env, ports);
    if (published !== undefined) {
      tellOfInputs(runner, reporter);
      for (const warning of published.warnings) reporter.warn(warning);
      const result = await ports.runPublish(published.request, surroundings);
      hand(published, result, runner);
      await summarise(env, runner, () => successSummary(result, []));
      return 0;
    }
    const assembled = readRequest(values, env, ports);
    tellOfInputs(runner, reporter);
    for (const warning of assembled.warnings) reporter.warn(warning);
    const { request, call } = assembled;
    if (call !== undefined) {
      return tellAnswer(await ports.runCall(request, call, surroundings), reporter, runner);
    }
    const result = await ports.runBuild(request, surroundings);
    hand(assembled, result, runner);
    await summarise(env, runner, () => successSummary(result, record.steps));
    return 0;
  } catch (error) {
    const told = orCancelled(error, signal);
    tellFailure(told, env, ports);
    await summarise(env, runner, () => failureSummary(told, record.steps));
    return exitCode(told, signal.reason);
  } finally {
    dispose();
  }
}

/** What is asked about a build: in the log, and its warnings at their places in the Dockerfile. */
function tellAnswer({ text, status, warnings }: CallAnswer, reporter: Reporter, runner: Runner): number {
  for (const { message, location } of warnings) reporter.warn(message, location);
  say(runner, text);
  if (status !== 0) runner.fail('the build checks have something to say', undefined);
  return status;
}

type HasOutputs = Pick<BuildRequest, 'outputs'>;

/** Files, outputs and log entries of an image, in this order: what comes last says that all is there. */
function hand(
  { request, metadataFile }: Pick<AssembledRequest, 'metadataFile'> & { readonly request: HasOutputs },
  result: BuildResult,
  runner: Runner,
): void {
  const { outputs } = request;
  writeTextFiles(imageFiles(outputs, metadataFile, result));
  for (const { name, value } of OUTPUT_VALUES) runner.setOutput(name, value(outputs, result));
  sayGroup(runner, 'ImageID', result.imageId);
  sayGroup(runner, 'Digest', result.digest);
  sayGroup(runner, 'Metadata', JSON.stringify(imageMetadata(outputs, result), null, 2));
}

/** A summary is a courtesy: none of its troubles fails a build. */
async function summarise(env: Environment, runner: Runner, html: () => string): Promise<void> {
  try {
    const wanted = env['DOCKER_BUILD_SUMMARY'] ?? '';
    if (wanted === '' || parseGoBool(wanted, 'DOCKER_BUILD_SUMMARY')) await runner.summarise(html());
  } catch (error) {
    runner.warn(`no summary: ${error instanceof Error ? error.message : String(error)}`, undefined);
  }
}
