import { parseFlags } from '../flags.ts';
import { type CommandInstruction, type CommandLine, type ShellInstruction } from '../instruction.ts';
import { parseJsonForm } from '../json-form.ts';
import { syntaxError } from '../source-location.ts';
import { type Statement } from '../statement.ts';
import { baseOf, needsOneArgument } from './base.ts';

/**
 * The arguments as exec form where they are a JSON array of strings, else as shell form, which takes
 * any text. Throws DOCKERFILE_SYNTAX for an array with something else than strings in it.
 */
export function parseCommandLine(text: string, heredocs: Statement['heredocs'] = []): CommandLine {
  const args = parseJsonForm(text);
  return args === undefined ? { form: 'shell', text, heredocs } : { form: 'exec', args };
}

/** The parser of CMD and ENTRYPOINT; both may be empty. */
export function commandParser(
  kind: CommandInstruction['kind'],
): (statement: Statement) => CommandInstruction {
  return (statement) => {
    parseFlags(statement.flags, {});
    return { ...baseOf(statement), kind, command: parseCommandLine(statement.rest) };
  };
}

/** `SHELL ["program", "argument", …]`. Throws DOCKERFILE_SYNTAX for anything but a JSON array. */
export function parseShell(statement: Statement): ShellInstruction {
  parseFlags(statement.flags, {});
  const shell = parseJsonForm(statement.rest);
  if (statement.rest === '' || shell?.length === 0) throw needsOneArgument('SHELL');
  if (shell === undefined) {
    throw syntaxError(
      'SHELL requires the arguments to be in JSON form',
      'write it like SHELL ["/bin/bash", "-c"], with double quotes',
    );
  }
  return { ...baseOf(statement), kind: 'shell', shell };
}
