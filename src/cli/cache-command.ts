import {
  cacheTaskRequest,
  impliedCredentials,
  readSigningKey,
  type CacheTask,
  type Environment,
} from '../request/index.ts';
import { flagValues, type FlagValues } from './flag-values.ts';
import { inLog } from './in-log.ts';
import { type CommandLine } from './parse-flags.ts';
import { type CliPorts } from './ports.ts';
import { readQuestion } from './read-request.ts';
import { tellAnswer } from './tell-answer.ts';
import { refuseFlags, tellOfFlags } from './treat-flags.ts';

/** Lists, checks or clears up the caches the flags name; returns the exit status. */
export function cacheTaskCommand(
  kind: CacheTask['kind'],
  { flags: given, switches }: CommandLine,
  env: Environment,
  ports: CliPorts,
): Promise<number> {
  const flags = flagValues(given);
  return inLog(flags, env, ports, async (log, signal) => {
    refuseFlags(given);
    const task = {
      kind,
      repair: flags.flag('repair') ?? false,
      dryRun: flags.flag('dry-run') ?? false,
      olderThan: flags.text('older-than'),
      maxSize: flags.text('max-size'),
      destinations: flags.list('destination'),
      credentials: impliedCredentials(env),
      signingKey: readSigningKey(flags.text('cache-signing-key'), { env, cwd: ports.cwd }, 'named'),
    };
    const request = cacheTaskRequest(flags, task, { env, cwd: ports.cwd });
    tellOfFlags(given, log.reporter);
    return tellAnswer(
      await ports.runCacheTask(request, { reporter: log.reporter, signal, env }),
      switches,
      ports,
    );
  });
}

/** Tells what the build of these flags would find in its caches; returns the exit status. */
export function explainCommand(
  { flags: given, switches }: CommandLine,
  env: Environment,
  ports: CliPorts,
): Promise<number> {
  const flags = flagValues(given);
  return inLog(flags, env, ports, async (log, signal) => {
    refuseFlags(given);
    const { request, warnings } = readQuestion(withCache(flags), env, ports);
    tellOfFlags(given, log.reporter);
    for (const warning of warnings) log.reporter.warn(warning);
    const surroundings = { reporter: log.reporter, signal, env, stdin: ports.stdin };
    return tellAnswer(await ports.runExplain(request, surroundings), switches, ports);
  });
}

/** Where no cache is named, the one of `--cache` is meant. */
function withCache(flags: FlagValues): FlagValues {
  const names = [...flags.list('cache-from'), ...flags.list('cache-to')];
  if (names.length > 0 || flags.flag('cache') !== undefined) return flags;
  return { ...flags, flag: (name) => (name === 'cache' ? true : flags.flag(name)) };
}
