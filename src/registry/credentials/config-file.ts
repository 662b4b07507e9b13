import { basename } from 'node:path';
import { z } from 'zod';
import { BuildError } from '../../errors/index.ts';
import { type Credential } from './credential.ts';
import { helperServer, registryKey } from './registry-key.ts';

/** What a Docker or podman configuration says about credentials; keys are registryKey's. */
export interface ConfigFile {
  readonly auths: ReadonlyMap<string, Credential>;
  readonly helpers: ReadonlyMap<string, string>;
  /** The helper for all registries that have none of their own. */
  readonly store: string | undefined;
}

const text = z.string().nullish();
const Entry = z.looseObject({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
const Config = z.looseObject({
  auths: z.record(z.string(), Entry.nullish()).nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: text,
});

/**
 * Reads a config.json or auth.json, or a .dockercfg, which is the `auths` of the others alone. Throws USAGE that names
 * `origin` and never the content.
 */
export function parseConfigFile(json: string, origin: string): ConfigFile {
  const data = parseJson(json, origin);
  const parsed = Config.safeParse(basename(origin) === '.dockercfg' ? { auths: data } : data);
  if (!parsed.success) {
    const [key = ''] = (parsed.error.issues[0]?.path ?? []).map(String);
    throw broken(origin, key === '' ? 'it is no object' : `${JSON.stringify(key)} has the wrong shape`);
  }
  const { auths, credHelpers, credsStore } = parsed.data;
  const credentials = Object.entries(auths ?? {}).flatMap(([key, entry]) => {
    const credential = entry ? credentialOf(entry, key, origin) : undefined;
    return credential === undefined ? [] : [[key, credential] as const];
  });
  return {
    auths: byRegistry(credentials),
    helpers: byRegistry(Object.entries(credHelpers ?? {})),
    store: credsStore ? credsStore : undefined,
  };
}

/** Of several spellings of one registry Docker's own counts. */
function byRegistry<T>(entries: readonly (readonly [string, T])[]): Map<string, T> {
  const isOwn = (key: string): boolean => key === helperServer(registryKey(key));
  const ordered = [...entries].sort(([a], [b]) => Number(isOwn(a)) - Number(isOwn(b)));
  return new Map(ordered.map(([key, value]) => [registryKey(key), value]));
}

function credentialOf(entry: z.infer<typeof Entry>, key: string, origin: string): Credential | undefined {
  if (entry.registrytoken) return { kind: 'bearer', token: entry.registrytoken };
  if (entry.identitytoken) return { kind: 'identity', token: entry.identitytoken };
  if (entry.auth) return decodePair(entry.auth, key, origin);
  if (entry.username && entry.password)
    return { kind: 'basic', username: entry.username, password: entry.password };
  return undefined;
}

function decodePair(auth: string, key: string, origin: string): Credential {
  const pair = Buffer.from(auth, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) throw broken(origin, `"auth" of ${JSON.stringify(key)} is not base64 of user:password`);
  // Old versions of Docker padded with zero bytes.
  const password = pair.slice(colon + 1).replace(/\0+$/, '');
  return { kind: 'basic', username: pair.slice(0, colon), password };
}

function parseJson(json: string, origin: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // The parser's own message quotes the text, which holds secrets.
    throw broken(origin, 'it is no JSON');
  }
}

function broken(origin: string, why: string): BuildError {
  return new BuildError('USAGE', `cannot read credentials from ${origin}: ${why}`, {
    hint: 'log in again (docker login), or correct it by hand',
  });
}
