import { quote } from '../characters.ts';
import { parseFlags } from '../flags.ts';
import { type RunInstruction } from '../instruction.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { baseOf, needsOneArgument } from './base.ts';
import { parseCommandLine } from './command.ts';
import { parseDevice } from './device.ts';
import { parseMount } from './mount.ts';

const FLAGS = { mount: 'strings', network: 'string', security: 'string', device: 'strings' } as const;
const NETWORKS = ['default', 'none', 'host'];
const SECURITY = ['sandbox', 'insecure'];

/** `RUN [--mount=…] [--network=…] [--security=…] [--device=…] command`; no command at all is an empty script. Throws DOCKERFILE_SYNTAX. */
export function parseRun(statement: Statement): RunInstruction {
  const flags = parseFlags(statement.flags, FLAGS);
  const command = parseCommandLine(statement.rest, statement.heredocs);
  if (command.form === 'exec' && command.args.length === 0) throw needsOneArgument('RUN');
  const devices = flags.strings('device').map(parseDevice);
  return {
    ...baseOf(statement),
    kind: 'run',
    command,
    mounts: flags.strings('mount').map(parseMount),
    network: oneOf('network mode', flags.written('network'), NETWORKS),
    security: oneOf('security mode', flags.written('security'), SECURITY),
    ...(devices.length > 0 && { devices }),
  };
}

function oneOf(what: string, value: string | undefined, allowed: readonly string[]): string | undefined {
  if (value === undefined || allowed.includes(value)) return value;
  throw syntaxError(
    `unsupported ${what} ${quote(value)}${didYouMean(suggest(value, allowed))}`,
    `it can be ${allowed.join(' or ')}`,
  );
}
