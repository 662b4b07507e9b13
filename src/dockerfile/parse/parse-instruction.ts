import { type Instruction } from '../instruction.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { didYouMean, suggestIgnoringCase } from '../suggest.ts';
import { parseArg } from './arg.ts';
import { commandParser, parseShell } from './command.ts';
import { copyParser } from './copy.ts';
import { parseFrom } from './from.ts';
import { parseHealthcheck } from './healthcheck.ts';
import { parseOnbuild } from './onbuild.ts';
import { parseEnv, parseLabel } from './pairs.ts';
import { parseRun } from './run.ts';
import { parseExpose, parseVolume } from './word-list.ts';
import { wordParser } from './word.ts';

const PARSERS: ReadonlyMap<string, (statement: Statement) => Instruction> = new Map<
  string,
  (statement: Statement) => Instruction
>([
  ['ADD', copyParser('add')],
  ['ARG', parseArg],
  ['CMD', commandParser('cmd')],
  ['COPY', copyParser('copy')],
  ['ENTRYPOINT', commandParser('entrypoint')],
  ['ENV', parseEnv],
  ['EXPOSE', parseExpose],
  ['FROM', parseFrom],
  ['HEALTHCHECK', parseHealthcheck],
  ['LABEL', parseLabel],
  ['MAINTAINER', wordParser('maintainer')],
  ['ONBUILD', parseOnbuild],
  ['RUN', parseRun],
  ['SHELL', parseShell],
  ['STOPSIGNAL', wordParser('stopsignal')],
  ['USER', wordParser('user')],
  ['VOLUME', parseVolume],
  ['WORKDIR', wordParser('workdir')],
]);

/**
 * The typed instruction of a statement. Throws DOCKERFILE_SYNTAX, not yet located, for an unknown
 * instruction and for arguments or flags that it cannot have.
 */
export function parseInstruction(statement: Statement): Instruction {
  const parse = PARSERS.get(statement.keyword.toUpperCase());
  if (parse === undefined) throw unknownInstruction(statement.keyword);
  return parse(statement);
}

function unknownInstruction(keyword: string): Error {
  const match = suggestIgnoringCase(keyword, PARSERS.keys());
  const hint =
    match === undefined ? 'a line that continues the one before needs an escape at its end' : undefined;
  return syntaxError(`unknown instruction: ${keyword}${didYouMean(match)}`, hint);
}
