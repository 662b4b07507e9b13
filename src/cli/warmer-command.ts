import { impliedCredentials, warmRequest, type Environment } from '../request/index.ts';
import { flagValues } from './flag-values.ts';
import { inLog } from './in-log.ts';
import { type CommandLine } from './parse-flags.ts';
import { type CliPorts } from './ports.ts';
import { tellAnswer } from './tell-answer.ts';
import { refuseFlags, tellOfFlags } from './treat-flags.ts';

/** kaniko's `warmer`: fetches base images into a directory; returns the exit status. */
export function warmerCommand(
  { flags: given, switches }: CommandLine,
  env: Environment,
  ports: CliPorts,
): Promise<number> {
  const flags = flagValues(given);
  return inLog(flags, env, ports, async (log, signal) => {
    refuseFlags(given);
    const warming = {
      images: flags.list('image'),
      dockerfile: flags.text('dockerfile'),
      buildArgs: flags.list('build-arg'),
      platforms: flags.list('custom-platform').flatMap((text) => text.split(',')),
      credentials: impliedCredentials(env),
    };
    const { cwd, machine } = ports;
    const request = warmRequest(flags, warming, { env, cwd, machine });
    tellOfFlags(given, log.reporter);
    const surroundings = { reporter: log.reporter, signal, env };
    return tellAnswer(await ports.runWarmer(request, surroundings), switches, ports);
  });
}
