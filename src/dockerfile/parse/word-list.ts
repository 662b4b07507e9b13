import { splitOnBlanks, trim } from '../characters.ts';
import { parseFlags } from '../flags.ts';
import { type WordsInstruction } from '../instruction.ts';
import { parseJsonForm } from '../json-form.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { baseOf, needsOneArgument } from './base.ts';

/** `EXPOSE port …`: the words as written, ranges and all. Throws DOCKERFILE_SYNTAX for none. */
export function parseExpose(statement: Statement): WordsInstruction {
  const values = splitOnBlanks(statement.rest);
  if (values.length === 0) throw needsOneArgument('EXPOSE', 'write EXPOSE 80 or EXPOSE 53/udp');
  parseFlags(statement.flags, {});
  return { ...baseOf(statement), kind: 'expose', values };
}

/** `VOLUME path …` or `VOLUME ["path", …]`. Throws DOCKERFILE_SYNTAX for none and for an empty path. */
export function parseVolume(statement: Statement): WordsInstruction {
  const written = parseJsonForm(statement.rest) ?? splitOnBlanks(statement.rest);
  if (written.length === 0) throw needsOneArgument('VOLUME');
  parseFlags(statement.flags, {});
  const values = written.map(trim);
  if (values.includes('')) throw emptyVolume();
  return { ...baseOf(statement), kind: 'volume', values };
}

/** The error of a volume without a path, before or after its variables were replaced. */
export function emptyVolume(): Error {
  return syntaxError('VOLUME specified can not be an empty string');
}
