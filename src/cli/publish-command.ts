import { BuildError } from '../errors/index.ts';
import {
  checkDestinations,
  imageFiles,
  impliedCredentials,
  publishRequest,
  writeTextFiles,
  type Environment,
  type PublishCommand,
} from '../request/index.ts';
import { flagValues, type FlagValues } from './flag-values.ts';
import { inLog } from './in-log.ts';
import { type CommandLine } from './parse-flags.ts';
import { type CliPorts } from './ports.ts';
import { refuseFlags, tellOfFlags } from './treat-flags.ts';

/** Pushes, joins or checks the images that the words after the command name; returns the exit status. */
export function publishCommand(
  command: PublishCommand,
  sources: readonly string[],
  given: CommandLine['flags'],
  env: Environment,
  ports: CliPorts,
): Promise<number> {
  const flags = flagValues(given);
  return inLog(flags, env, ports, async (log, signal) => {
    refuseFlags(given);
    const { request, warnings } = publishRequest(flags, choicesOf(command, sources, flags, env), {
      env,
      cwd: ports.cwd,
    });
    checkDestinations(request.outputs, 'give --destination');
    tellOfFlags(given, log.reporter);
    for (const warning of warnings) log.reporter.warn(warning);
    const result = await ports.runPublish(request, { reporter: log.reporter, signal, env });
    writeTextFiles(imageFiles(request.outputs, flags.text('metadata-file'), result));
    log.finished(result, ports.stdout);
    return 0;
  });
}

function choicesOf(command: PublishCommand, sources: readonly string[], flags: FlagValues, env: Environment) {
  if (sources.length === 0)
    throw new BuildError('USAGE', `${command} needs the name of an image`, {
      hint: 'an archive, an OCI layout, a reference or a digest',
    });
  return {
    command,
    sources,
    credentials: impliedCredentials(env),
    destinations: flags.list('destination'),
    annotations: flags.list('annotation'),
    push: command !== 'validate',
    noPush: false,
  };
}
