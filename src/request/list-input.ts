import { CsvError, parse } from 'csv-parse/sync';
import { BuildError } from '../errors/index.ts';

export interface ListOptions {
  /** Commas belong to the value: only lines separate. */
  readonly ignoreComma?: boolean;
  /** Values keep their leading and trailing white space. */
  readonly keepWhitespace?: boolean;
  /** False: quotes are ordinary characters. */
  readonly quotes?: boolean;
  /** Full lines that start with `#` are values like any other. */
  readonly keepComments?: boolean;
}

/**
 * A list input as docker/build-push-action reads it: CSV records, one a line, a field that starts with `"` may span
 * lines and doubles its quotes, a quote elsewhere is literal. Ours alone: a line whose first character is `#` is a
 * comment. Returns values in order, empty ones left out. Throws USAGE for a quote that never closes.
 */
export function parseListInput(text: string, name: string, options: ListOptions = {}): string[] {
  const values = parseRecords(text, name, options).flatMap((record) => valuesOf(record, options));
  const present = values.filter((value) => value !== '');
  return options.keepWhitespace === true ? present : present.map((value) => value.trim());
}

function valuesOf(record: readonly string[], options: ListOptions): string[] {
  if (options.ignoreComma === true) return [record.join(',')];
  return record.length === 1 ? (record[0] ?? '').split(',') : [...record];
}

function parseRecords(text: string, name: string, options: ListOptions): string[][] {
  const quotes = options.quotes !== false;
  const dropComments = options.keepComments !== true && options.keepWhitespace !== true;
  try {
    return parse(dropComments ? withoutComments(text, quotes) : text, {
      columns: false,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      quote: quotes ? '"' : false,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new BuildError('USAGE', `input ${name} is not a list: ${error.message}`, {
      hint: 'a value that starts with a double quote must end with one, and quotes inside it are doubled',
      cause: error,
    });
  }
}

/** The text without full-line comments; lines inside a quoted field are not looked at. */
function withoutComments(text: string, quotes: boolean): string {
  let inQuotes = false;
  const kept = text.split('\n').filter((line) => {
    if (!inQuotes && /^\s*#/.test(line)) return false;
    if (quotes) inQuotes = endsInQuotes(line, inQuotes);
    return true;
  });
  return kept.join('\n');
}

/** Whether a quoted field is open at the end of this line: a quote opens one at a field's start only. */
function endsInQuotes(line: string, open: boolean): boolean {
  let inQuotes = open;
  let fieldStart = !open;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (inQuotes) {
      if (char !== '"') continue;
      if (line[i + 1] === '"') i++;
      else inQuotes = false;
    } else if (char === '"' && fieldStart) {
      inQuotes = true;
      fieldStart = false;
    } else {
      fieldStart = char === ',';
    }
  }
  return inQuotes;
}
