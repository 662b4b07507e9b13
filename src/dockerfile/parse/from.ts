import { quote, splitOnBlanks } from '../characters.ts';
import { parseFlags } from '../flags.ts';
import { type FromInstruction } from '../instruction.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { baseOf } from './base.ts';

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;

/** `FROM [--platform=p] image [AS name]`; the stage's name is lower-cased. Throws DOCKERFILE_SYNTAX. */
export function parseFrom(statement: Statement): FromInstruction {
  const words = splitOnBlanks(statement.rest);
  const [image, as, name] = words;
  if (image === undefined || (words.length !== 1 && !(words.length === 3 && isAs(as)))) {
    throw syntaxError(
      'FROM requires either one or three arguments',
      'write FROM image, or FROM image AS name',
    );
  }
  const stageName = name === undefined ? undefined : parseStageName(name);
  const flags = parseFlags(statement.flags, { platform: 'string' });
  return { ...baseOf(statement), kind: 'from', image, stageName, platform: flags.string('platform') };
}

function isAs(word: string | undefined): boolean {
  return word?.toLowerCase() === 'as';
}

function parseStageName(name: string): string {
  const lower = name.toLowerCase();
  if (STAGE_NAME.test(lower)) return lower;
  throw syntaxError(
    `invalid name for build stage: ${quote(name)}, name can't start with a number or contain symbols`,
    'use letters, digits, -, _ and ., a letter first',
  );
}
