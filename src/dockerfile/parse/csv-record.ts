import { syntaxError } from '../source-location.ts';

/**
 * The fields of one line of comma-separated values, where double quotes around a field protect commas
 * and a doubled quote in there is one. Throws DOCKERFILE_SYNTAX for no text at all and for quotes that
 * do not surround a whole field.
 */
export function parseCsvRecord(text: string): string[] {
  if (text === '') throw syntaxError('the value is empty');
  const fields: string[] = [];
  for (let position = 0; position <= text.length; position++) {
    const quoted = text.charAt(position) === '"';
    const end = quoted ? endOfQuoted(text, position) : endOfPlain(text, position);
    const field = text.slice(position, end);
    if (!quoted && field.includes('"')) throw misplacedQuote(text);
    fields.push(quoted ? field.slice(1, -1).replaceAll('""', '"') : field);
    position = end;
  }
  return fields;
}

function endOfPlain(text: string, start: number): number {
  const comma = text.indexOf(',', start);
  return comma < 0 ? text.length : comma;
}

/** The index after the closing quote, where a comma or the end has to follow. */
function endOfQuoted(text: string, start: number): number {
  let position = start + 1;
  for (;;) {
    const quote = text.indexOf('"', position);
    if (quote < 0) throw misplacedQuote(text);
    const next = text.charAt(quote + 1);
    if (next === '' || next === ',') return quote + 1;
    if (next !== '"') throw misplacedQuote(text);
    position = quote + 2;
  }
}

function misplacedQuote(text: string): Error {
  return syntaxError(`misplaced quote in ${text}`, 'put the quotes around a whole key=value');
}
