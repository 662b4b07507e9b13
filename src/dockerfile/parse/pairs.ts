import { cutAtBlank, quote } from '../characters.ts';
import { parseFlags } from '../flags.ts';
import { type PairsInstruction } from '../instruction.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { splitWords } from '../words.ts';
import { baseOf, blankName, needsOneArgument } from './base.ts';

type Pair = PairsInstruction['pairs'][number];

/** `ENV key=value …`, or the legacy `ENV key value`. Throws DOCKERFILE_SYNTAX. */
export function parseEnv(statement: Statement): PairsInstruction {
  return parsePairs(statement, 'env');
}

/** `LABEL key=value …`, or the legacy `LABEL key value`. Throws DOCKERFILE_SYNTAX. */
export function parseLabel(statement: Statement): PairsInstruction {
  return parsePairs(statement, 'label');
}

function parsePairs(statement: Statement, kind: 'env' | 'label'): PairsInstruction {
  const name = kind.toUpperCase();
  const words = splitWords(statement.rest, statement.escape);
  const [first] = words;
  if (first === undefined) throw needsOneArgument(name, `write ${name} key=value`);
  const legacy = !first.includes('=');
  const pairs = legacy ? [legacyPair(statement.rest, name)] : words.map((word) => parsePair(word, name));
  parseFlags(statement.flags, {});
  return { ...baseOf(statement), kind, pairs, legacy };
}

function legacyPair(rest: string, name: string): Pair {
  const [key, value] = cutAtBlank(rest);
  if (value === undefined) {
    throw syntaxError(`${name} must have two arguments`, `write ${name} ${key}=value`);
  }
  return { key, value };
}

function parsePair(word: string, name: string): Pair {
  const at = word.indexOf('=');
  if (at < 0) {
    throw syntaxError(
      `Syntax error - can't find = in ${quote(word)}. Must be of the form: name=value`,
      'a value with blanks needs double quotes around it',
    );
  }
  if (at === 0) throw blankName(name);
  return { key: word.slice(0, at), value: word.slice(at + 1) };
}
