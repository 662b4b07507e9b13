import { parse } from 'csv-parse/sync';
import { BuildError } from '../../errors/index.ts';
import type { GivenSecret } from '../build-request.ts';
import {
  readSecret,
  unsetWarning,
  type ReadSecrets,
  type SecretPlace,
  type SecretSource,
} from './read-secret.ts';

const KEYS = ['id', 'type', 'src', 'source', 'env'] as const;
type Key = (typeof KEYS)[number];

/**
 * Secrets of the command line, as buildx takes them: `id=NAME[,src=FILE|,env=VARIABLE][,type=file|env]`; the id alone names a
 * variable or else a file. Throws USAGE.
 */
export function parseSecretFlags(entries: readonly string[], place: SecretPlace): ReadSecrets {
  const secrets: GivenSecret[] = [];
  const warnings: string[] = [];
  for (const entry of entries) {
    const { id, source } = parseEntry(entry, place);
    const secret = readSecret(id, source, place);
    if (secret !== undefined) secrets.push(secret);
    else if ('env' in source) warnings.push(unsetWarning(id, source.env));
  }
  return { secrets, warnings };
}

function parseEntry(
  entry: string,
  { env }: SecretPlace,
): { readonly id: string; readonly source: SecretSource } {
  const fields = fieldsOf(entry);
  const id = fields.get('id') ?? '';
  if (id === '') throw malformed(entry, 'it has no id');
  const type = fields.get('type') ?? '';
  if (!['', 'file', 'env'].includes(type)) throw malformed(entry, `unsupported type ${JSON.stringify(type)}`);
  const path = fields.get('src') ?? fields.get('source');
  const variable = fields.get('env') ?? (type === 'env' ? (path ?? id) : undefined);
  if (variable !== undefined) return { id, source: { env: variable } };
  if (path !== undefined || type === 'file') return { id, source: { file: path ?? id } };
  return { id, source: env[id] === undefined ? { file: id } : { env: id } };
}

function fieldsOf(entry: string): Map<Key, string> {
  const [record = []] = parse(entry, { columns: false, relax_quotes: true }) as string[][];
  return new Map(
    record.map((field) => {
      const at = field.indexOf('=');
      const key = KEYS.find((known) => known === field.slice(0, Math.max(at, 0)).toLowerCase());
      if (key === undefined) throw malformed(entry, `unexpected ${JSON.stringify(field.split('=')[0])}`);
      return [key, field.slice(at + 1)] as const;
    }),
  );
}

function malformed(entry: string, what: string): BuildError {
  return new BuildError('USAGE', `invalid secret ${JSON.stringify(entry)}: ${what}`, {
    hint: 'write it as id=NAME,src=FILE or id=NAME,env=VARIABLE',
  });
}
