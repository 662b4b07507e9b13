import {
  allOutputs,
  imageFiles,
  writeTextFiles,
  type AssembledRequest,
  type BuildResult,
  type Environment,
  type OutputSpec,
} from '../request/index.ts';
import { flagValues } from './flag-values.ts';
import { inLog } from './in-log.ts';
import { type GivenFlag } from './parse-flags.ts';
import { type CliPorts } from './ports.ts';
import { readRequest } from './read-request.ts';
import { refuseFlags, tellOfFlags } from './treat-flags.ts';

/** Builds what the flags ask for, or answers what they ask about it, and returns the exit status. Throws USAGE where the log itself cannot be opened. */
export function buildCommand(
  given: readonly GivenFlag[],
  env: Environment,
  ports: CliPorts,
): Promise<number> {
  const flags = flagValues(given);
  return inLog(flags, env, ports, async (log, signal) => {
    refuseFlags(given);
    const assembled = readRequest(flags, env, ports);
    tellOfFlags(given, log.reporter);
    for (const warning of assembled.warnings) log.reporter.warn(warning);
    const { request, call } = assembled;
    const surroundings = {
      reporter: log.reporter,
      signal,
      env,
      stdin: ports.stdin,
      stdout: ports.writeBytes,
    };
    if (call !== undefined) {
      const answer = await ports.runCall(request, call, surroundings);
      ports.stdout.write(answer.text);
      return answer.status;
    }
    const result = await ports.runBuild(request, surroundings);
    keep(assembled, result);
    log.finished(result, takesStandardOutput(request.outputs) ? ports.stderr : ports.stdout);
    return 0;
  });
}

/** The words about an image must not end up in its bytes. */
function takesStandardOutput(outputs: OutputSpec): boolean {
  return allOutputs(outputs).some((output) => 'to' in output && output.to.kind === 'stdout');
}

function keep({ request, metadataFile }: AssembledRequest, result: BuildResult): void {
  writeTextFiles(imageFiles(request.outputs, metadataFile, result));
}
