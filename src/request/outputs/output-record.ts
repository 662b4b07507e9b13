import { CsvError, parse } from 'csv-parse/sync';
import { BuildError } from '../../errors/index.ts';
import { parseGoBool } from '../go-bool.ts';

/** One output as it is written: its type, and its attributes, which are asked for one by one. */
export class OutputRecord {
  readonly text: string;
  readonly type: string;
  readonly #attributes: Map<string, string>;

  /**
   * Reads `type=…,key=value,…`, a record of comma-separated values as Go reads them; a single word is a directory to write
   * the files to, `-` the files as an archive on standard output. Throws USAGE.
   */
  constructor(text: string) {
    this.text = text;
    const fields = fieldsOf(text);
    const [first = ''] = fields;
    if (fields.length === 1 && !first.startsWith('type=')) {
      this.type = first === '-' ? 'tar' : 'local';
      this.#attributes = new Map([['dest', first]]);
      return;
    }
    this.#attributes = new Map(fields.map((field) => pairOf(field, text)));
    const type = this.take('type');
    if (type === undefined) throw malformed(text, 'type is missing', 'write type=local,dest=directory');
    this.type = type;
  }

  /** The value of an attribute, which then counts as understood. */
  take(name: string): string | undefined {
    const value = this.#attributes.get(name);
    this.#attributes.delete(name);
    return value;
  }

  /** The same of an on/off attribute. Throws USAGE for what is no boolean. */
  takeFlag(name: string): boolean | undefined {
    const value = this.take(name);
    return value === undefined ? undefined : parseGoBool(value, `${name} of an output`);
  }

  /** What nobody has taken yet. */
  rest(): readonly (readonly [string, string])[] {
    return [...this.#attributes];
  }
}

/** USAGE about an output. */
export function malformed(text: string, reason: string, hint: string): BuildError {
  return new BuildError('USAGE', `output ${JSON.stringify(text)}: ${reason}`, { hint });
}

function fieldsOf(text: string): string[] {
  try {
    const records: string[][] = parse(text, { relax_column_count: true });
    if (records.length !== 1) throw malformed(text, 'it is empty or has several lines', 'write one a line');
    return records[0] ?? [];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(
      text,
      'its quotes do not match',
      'quote a whole attribute: type=image,"name=a,b",push=true',
    );
  }
}

function pairOf(field: string, text: string): [string, string] {
  const equals = field.indexOf('=');
  if (equals < 0) throw malformed(text, `${JSON.stringify(field)} has no value`, 'write key=value');
  const name = field.slice(0, equals).trim();
  // The case of annotation keys is theirs.
  const key = /^annotation[-[.]/i.test(name) ? name : name.toLowerCase();
  return [key, field.slice(equals + 1)];
}
