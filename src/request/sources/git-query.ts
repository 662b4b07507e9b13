import { BuildError } from '../../errors/index.ts';
import { parseGoBool } from '../go-bool.ts';
import type { GitSource } from './git-source.ts';

type Chosen = Omit<GitSource, 'remote' | 'userInfo'>;
type Values = Readonly<Partial<Record<QueryKey, string>>>;
type QueryKey = (typeof KEYS)[number];

const KEYS = ['ref', 'tag', 'branch', 'subdir', 'checksum', 'commit', 'keep-git-dir', 'submodules'] as const;
const SWITCHES: readonly QueryKey[] = ['keep-git-dir', 'submodules'];

/** What a query says together with what the fragment said. Throws CONTEXT for unknown keys, doubled ones and contradictions. */
export function readGitQuery(
  query: string,
  fragment: { readonly ref: string; readonly subdir: string },
): Chosen {
  const values = valuesOf(query);
  const checksum = agreed('checksum', values.checksum, values.commit);
  const ref = refOf(values, fragment.ref) ?? checksum;
  return {
    ref,
    checksum,
    subdir: agreed('subdir', fragment.subdir === '' ? undefined : fragment.subdir, values.subdir),
    keepGitDir: switchOf(values, 'keep-git-dir'),
    submodules: switchOf(values, 'submodules'),
  };
}

function valuesOf(query: string): Values {
  const values: Partial<Record<QueryKey, string>> = {};
  for (const [key, value] of new URLSearchParams(query)) {
    if (!isKey(key)) throw bad(`unexpected query ${JSON.stringify(key)}`, `it takes ${KEYS.join(', ')}`);
    if (values[key] !== undefined) throw bad(`query ${JSON.stringify(key)} has multiple values`);
    if (value === '' && !SWITCHES.includes(key)) throw bad(`query ${JSON.stringify(key)} has no value`);
    values[key] = value;
  }
  return values;
}

function isKey(key: string): key is QueryKey {
  return (KEYS as readonly string[]).includes(key);
}

function refOf({ ref, tag, branch }: Values, written: string): string | undefined {
  if (tag !== undefined && branch !== undefined) throw bad('branch conflicts with tag');
  const named = agreed('ref', written === '' ? undefined : written, ref);
  return agreed('ref', agreed('ref', named, below('refs/tags/', tag)), below('refs/heads/', branch));
}

function below(prefix: string, name: string | undefined): string | undefined {
  return name === undefined || name.startsWith(prefix) ? name : `${prefix}${name}`;
}

function agreed(what: string, first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  throw bad(`${what} conflicts: ${JSON.stringify(first)} vs ${JSON.stringify(second)}`);
}

function switchOf(values: Values, key: 'keep-git-dir' | 'submodules'): boolean | undefined {
  const value = values[key];
  return value === undefined ? undefined : value === '' || parseGoBool(value, key);
}

function bad(message: string, hint?: string): BuildError {
  return new BuildError('CONTEXT', message, { hint });
}
