import { trimLeft } from './characters.ts';
import { syntaxError } from './source-location.ts';

/**
 * The strings of an instruction written as a JSON array; undefined for anything that is not JSON, which
 * is then the shell form. Throws DOCKERFILE_SYNTAX for an array with something else than strings in it.
 */
export function parseJsonForm(text: string): readonly string[] | undefined {
  const array = parseArray(text);
  if (array === undefined) return undefined;
  if (array.every((item) => typeof item === 'string')) return array;
  throw syntaxError(
    'when using JSON array syntax, arrays must be comprised of strings only',
    'put every element in double quotes',
  );
}

/** Whether the text is a JSON array, of whatever: such an instruction has no heredocs. */
export function isJsonForm(text: string): boolean {
  return parseArray(text) !== undefined;
}

function parseArray(text: string): readonly unknown[] | undefined {
  const start = trimLeft(text);
  if (!start.startsWith('[')) return undefined;
  try {
    return JSON.parse(start) as readonly unknown[];
  } catch {
    return undefined;
  }
}
