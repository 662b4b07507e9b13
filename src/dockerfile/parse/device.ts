import { type RunDevice } from '../instruction.ts';
import { parseBoolean } from '../numbers.ts';
import { syntaxError } from '../source-location.ts';
import { didYouMean, suggest } from '../suggest.ts';
import { parseCsvRecord } from './csv-record.ts';

const KEYS = ['name', 'required'];

/** One `--device` value: `[name=]vendor/class=device[,required]`. Throws DOCKERFILE_SYNTAX. */
export function parseDevice(raw: string): RunDevice {
  let name = '';
  let required = false;
  for (const field of parseCsvRecord(raw)) {
    const at = field.indexOf('=');
    const key = (at < 0 ? field : field.slice(0, at)).toLowerCase();
    if (key === 'required') required = at < 0 || isTrue(field.slice(at + 1));
    else if (key === 'name' && at >= 0 && name === '') name = field.slice(at + 1);
    else if (name === '') name = field;
    else throw unknownField(key, field, name);
  }
  return { name, required };
}

function isTrue(value: string): boolean {
  const parsed = parseBoolean(value);
  if (parsed === undefined)
    throw syntaxError(`invalid value for required: ${value}`, 'it can be true or false');
  return parsed;
}

function unknownField(key: string, field: string, name: string): Error {
  if (!field.includes('=')) return syntaxError(`invalid field '${field}' must be a key=value pair`);
  if (key === 'name') return syntaxError(`device name already set to ${name}`);
  return syntaxError(`unexpected key '${key}' in '${field}'${didYouMean(suggest(key, KEYS))}`);
}
