import { parseFlags } from '../flags.ts';
import { type ArgInstruction } from '../instruction.ts';
import { type Statement } from '../statement.ts';
import { splitWords } from '../words.ts';
import { baseOf, blankName, needsOneArgument } from './base.ts';

/** `ARG name[=default] …`. Throws DOCKERFILE_SYNTAX for none and for a blank name. */
export function parseArg(statement: Statement): ArgInstruction {
  const words = splitWords(statement.rest, statement.escape);
  if (words.length === 0) throw needsOneArgument('ARG', 'write ARG name or ARG name=default');
  parseFlags(statement.flags, {});
  return { ...baseOf(statement), kind: 'arg', args: words.map(parseArgument) };
}

function parseArgument(word: string): ArgInstruction['args'][number] {
  const at = word.indexOf('=');
  if (at === 0) throw blankName('ARG');
  return at < 0 ? { name: word } : { name: word.slice(0, at), value: word.slice(at + 1) };
}
