import { trimLeft } from './characters.ts';
import { type CheckOptions } from './instruction.ts';
import { parseCheckOptions } from './check-options.ts';
import { syntaxError } from './source-location.ts';

export type Escape = '\\' | '`';

export interface Directives {
  readonly escape: Escape;
  readonly syntax?: string | undefined;
  readonly check?: CheckOptions | undefined;
  /** How many lines of the file they take. */
  readonly lines: number;
}

interface Directive {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** Called with the 1-based line and the work that may fail there, to put a location on the error. */
export type AtLine = <T>(line: number, work: () => T) => T;

const NAMES = new Set(['syntax', 'escape', 'check']);
const NAME = /^[a-zA-Z][a-zA-Z0-9]*$/;

/**
 * The parser directives: `# name=value` comments at the very top, ended by the first line that is none
 * (a blank line and any other comment included). Names are case-insensitive, each may appear once.
 * Throws DOCKERFILE_SYNTAX for a repeated directive or a value it cannot have.
 */
export function readDirectives(lines: readonly string[], atLine: AtLine): Directives {
  const strict = scan(lines, 0, atLine);
  // An interpreter line (`#!`) hides `escape`, but not what a front reads before parsing.
  const lenient = lines[0]?.startsWith('#!') === true ? scan(lines, 1, atLine) : strict;
  const escape = strict.get('escape');
  const check = lenient.get('check');
  return {
    escape: escape === undefined ? '\\' : atLine(escape.line, () => parseEscape(escape.value)),
    syntax: lenient.get('syntax')?.value.split(' ', 1)[0],
    check: check === undefined ? undefined : atLine(check.line, () => parseCheckOptions(check.value)),
    lines: strict.size,
  };
}

function scan(lines: readonly string[], from: number, atLine: AtLine): ReadonlyMap<string, Directive> {
  const found = new Map<string, Directive>();
  for (let index = from; index < lines.length; index++) {
    const directive = parseDirective(lines[index] ?? '', index + 1);
    if (directive === undefined) break;
    if (found.has(directive.name)) {
      atLine(directive.line, () => {
        throw syntaxError(`only one ${directive.name} parser directive can be used`);
      });
    }
    found.set(directive.name, directive);
  }
  return found;
}

function parseDirective(line: string, number: number): Directive | undefined {
  const trimmed = trimLeft(line);
  if (!trimmed.startsWith('#')) return undefined;
  const at = trimmed.indexOf('=');
  if (at < 0) return undefined;
  const name = trimmed.slice(1, at).trim();
  const value = trimmed.slice(at + 1).trim();
  if (!NAME.test(name) || value === '') return undefined;
  const lower = name.toLowerCase();
  return NAMES.has(lower) ? { name: lower, value, line: number } : undefined;
}

function parseEscape(value: string): Escape {
  if (value === '\\' || value === '`') return value;
  throw syntaxError(`invalid escape token '${value}' does not match \` or \\`);
}
