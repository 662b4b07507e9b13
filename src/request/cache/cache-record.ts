import { CsvError, parse } from 'csv-parse/sync';
import { BuildError } from '../../errors/index.ts';
import { cacheSecrets, shownCache } from './cache-secrets.ts';

/**
 * One cache as it is written for buildx: `type=…,key=value,…`, or a reference alone, which is `type=registry,ref=…`. Keys
 * are in lower case. Throws USAGE.
 */
export function cacheAttributes(text: string): ReadonlyMap<string, string> {
  const fields = fieldsOf(text);
  const [first = ''] = fields;
  if (fields.length === 1 && !first.includes('='))
    return new Map([
      ['type', 'registry'],
      ['ref', first],
    ]);
  const attributes = new Map(fields.map((field) => pairOf(field, text)));
  if ((attributes.get('type') ?? '') === '') throw malformed(text, 'type is missing');
  return attributes;
}

/** USAGE about a cache; secrets in it are not shown. */
export function malformed(text: string, reason: string): BuildError {
  return new BuildError('USAGE', `cache ${JSON.stringify(shownCache(text))}: ${reason}`, {
    hint: 'write type=registry,ref=host/repository:name, type=local,dest=directory or type=gha,scope=name',
  });
}

function fieldsOf(text: string): string[] {
  try {
    const records: string[][] = parse(text, { relax_column_count: true });
    if (records.length !== 1) throw malformed(text, 'it is empty or has several lines');
    return (records[0] ?? []).map((field) => field.trim());
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(text, 'its quotes do not match');
  }
}

function pairOf(field: string, text: string): [string, string] {
  const equals = field.indexOf('=');
  if (equals < 0) {
    // It may be what comes after a comma in a secret.
    const shown = cacheSecrets(text).length === 0 ? JSON.stringify(field) : 'a part of it';
    throw malformed(text, `${shown} has no value`);
  }
  return [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)];
}
