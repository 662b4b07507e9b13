import { cutAtSpace, quote } from '../characters.ts';
import { parseFlags, type FlagValues } from '../flags.ts';
import { type HealthcheckInstruction } from '../instruction.ts';
import { parseDuration } from '../numbers.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { baseOf, needsOneArgument } from './base.ts';
import { parseCommandLine } from './command.ts';

const FLAGS = {
  interval: 'string',
  timeout: 'string',
  'start-period': 'string',
  'start-interval': 'string',
  retries: 'string',
} as const;
const ONE_MILLISECOND = 1_000_000;
const MAX_RETRIES = 2 ** 31 - 1;

/**
 * `HEALTHCHECK NONE`, whose options mean nothing, or `HEALTHCHECK [options] CMD command`. Throws
 * DOCKERFILE_SYNTAX.
 */
export function parseHealthcheck(statement: Statement): HealthcheckInstruction {
  const [written, rest] = cutAtSpace(statement.rest);
  if (written === '') throw needsOneArgument('HEALTHCHECK', 'write HEALTHCHECK CMD command');
  const test = parseTest(written.toUpperCase(), rest);
  const flags = parseFlags(test[0] === 'NONE' ? [] : statement.flags, FLAGS);
  return {
    ...baseOf(statement),
    kind: 'healthcheck',
    test,
    interval: interval(flags, 'interval'),
    timeout: interval(flags, 'timeout'),
    startPeriod: interval(flags, 'start-period'),
    startInterval: interval(flags, 'start-interval'),
    retries: retries(flags.string('retries')),
  };
}

function parseTest(type: string, rest: string): readonly string[] {
  if (type === 'NONE') {
    if (rest !== '') throw syntaxError('HEALTHCHECK NONE takes no arguments');
    return ['NONE'];
  }
  if (type !== 'CMD') throw syntaxError(`Unknown type ${quote(type)} in HEALTHCHECK (try CMD)`);
  const command = parseCommandLine(rest);
  const test = command.form === 'exec' ? ['CMD', ...command.args] : ['CMD-SHELL', command.text];
  if (rest === '' || test.length === 1) throw syntaxError('Missing command after HEALTHCHECK CMD');
  return test;
}

/** Nanoseconds; 0 where the flag is absent. */
function interval(flags: FlagValues, name: keyof typeof FLAGS): number {
  const value = flags.string(name);
  if (value === undefined) return 0;
  const duration = parseDuration(value);
  if (duration !== 0 && duration < ONE_MILLISECOND) {
    throw syntaxError(`Interval ${quote(name)} cannot be less than 1ms`);
  }
  return duration;
}

function retries(value: string | undefined): number {
  if (value === undefined) return 0;
  const count = /^[-+]?\d+$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(count) || Math.abs(count) > MAX_RETRIES) {
    throw syntaxError(`invalid value for --retries: ${quote(value)}`, 'it is a whole number');
  }
  if (count < 0) throw syntaxError(`--retries cannot be negative (${count})`);
  return count;
}
