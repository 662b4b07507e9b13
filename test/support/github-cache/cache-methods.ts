import { type Outcome } from '../registry/answer.ts';
import { type CacheEntries } from './cache-entries.ts';
import { scopesOf, type Scopes } from './token.ts';

export type ServiceStep = 'create' | 'finalize' | 'find' | 'unknown';

const PREFIX = '/twirp/github.actions.results.api.v1.CacheService/';
const METHODS: Readonly<Record<string, ServiceStep>> = {
  CreateCacheEntry: 'create',
  FinalizeCacheEntryUpload: 'finalize',
  GetCacheEntryDownloadURL: 'find',
};

/** What the methods need of the fake as a whole. */
export interface ServiceParts {
  readonly entries: CacheEntries;
  address(path: string, permissions: 'r' | 'cw'): string;
  /** Bytes in the storage; undefined where nothing was uploaded. */
  stored(path: string): Promise<number | undefined>;
  /** False where too many entries were made of late. */
  mayCreate(): boolean;
}

interface Question {
  readonly key?: string;
  readonly version?: string;
  readonly size_bytes?: string;
  readonly sizeBytes?: string;
  readonly restore_keys?: readonly string[];
  readonly restoreKeys?: readonly string[];
}

export function serviceStep(method: string, path: string): ServiceStep {
  if (method !== 'POST' || !path.startsWith(PREFIX)) return 'unknown';
  return METHODS[path.slice(PREFIX.length)] ?? 'unknown';
}

/** Answers a call of the cache service. */
export async function answerCall(
  step: ServiceStep,
  authorization: string | undefined,
  body: string,
  parts: ServiceParts,
): Promise<Outcome> {
  const scopes = scopesOf(authorization);
  if (scopes === undefined) return twirpError(401, 'unauthenticated', 'invalid authorization token');
  if (step === 'unknown') return twirpError(404, 'bad_route', 'no handler for this path');
  const question = parse(body);
  const { key = '', version = '' } = question ?? {};
  if (question === undefined) return twirpError(400, 'malformed', 'the json request could not be decoded');
  if (key === '' || version === '' || [key, ...prefixes(question)].some((text) => text.length > 512))
    return twirpError(400, 'invalid_argument', 'key and version have 1 to 512 characters');
  if (step === 'create') return create(key, version, scopes, parts);
  return step === 'finalize'
    ? finalize(key, version, question, scopes, parts)
    : find(key, version, question, scopes, parts);
}

function create(key: string, version: string, { writable }: Scopes, parts: ServiceParts): Outcome {
  if (writable === undefined)
    return json(200, { ok: false, message: 'cache write denied: the token may only read' });
  const entry = parts.entries.reserve(writable, key, version);
  if (entry === undefined)
    return twirpError(
      409,
      'already_exists',
      'cache entry with the same key, version, and scope already exists',
    );
  if (!parts.mayCreate()) {
    parts.entries.evict(({ id }) => id === entry.id);
    const headers = { 'retry-after': '42' };
    return { ...twirpError(429, 'resource_exhausted', 'rate limit exceeded'), headers };
  }
  return json(200, { ok: true, signed_upload_url: parts.address(entry.path, 'cw') });
}

async function finalize(
  key: string,
  version: string,
  question: Question,
  { writable }: Scopes,
  parts: ServiceParts,
): Promise<Outcome> {
  const entry = writable === undefined ? undefined : parts.entries.unfinished(writable, key, version);
  if (entry === undefined) return twirpError(404, 'not_found', 'no upload of this entry');
  const size = Number(question.size_bytes ?? question.sizeBytes);
  if ((await parts.stored(entry.path)) !== size) return twirpError(400, 'invalid_argument', 'wrong size');
  entry.size = size;
  return json(200, { ok: true, entry_id: String(entry.id) });
}

function find(
  key: string,
  version: string,
  question: Question,
  { readable }: Scopes,
  parts: ServiceParts,
): Outcome {
  if (readable.length === 0)
    return twirpError(403, 'permission_denied', 'cache read denied: the token has no readable scope');
  const entry = parts.entries.find(readable, [key, ...prefixes(question)], version);
  // Protobuf's JSON leaves false and empty texts out.
  if (entry === undefined) return json(200, {});
  const address = parts.address(entry.path, 'r');
  return json(200, { ok: true, signed_download_url: address, matched_key: entry.key });
}

function prefixes({ restore_keys, restoreKeys }: Question): readonly string[] {
  return restore_keys ?? restoreKeys ?? [];
}

function parse(body: string): Question | undefined {
  try {
    return JSON.parse(body) as Question;
  } catch {
    return undefined;
  }
}

function json(status: number, body: unknown): Outcome {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function twirpError(status: number, code: string, msg: string): Outcome {
  return json(status, { code, msg });
}
