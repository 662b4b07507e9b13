import type { CommandAnswer } from '../request/index.ts';
import { type CommandLine } from './parse-flags.ts';
import { type CliPorts } from './ports.ts';

/** Prints what a command answers, as JSON where `--json` asks for that, and returns its exit status. */
export function tellAnswer(
  { text, json, status }: CommandAnswer,
  switches: CommandLine['switches'],
  { stdout }: Pick<CliPorts, 'stdout'>,
): number {
  stdout.write(switches.has('json') ? `${JSON.stringify(json, null, 2)}\n` : text);
  return status;
}
