import { BuildError } from '../../errors/index.ts';
import { callService, type ServiceAccess, type ServiceAnswer } from './call-service.ts';
import { checkKey, ENTRY_VERSION } from './entry-key.ts';

/** What became of the wish to write an entry. */
export type Reservation =
  | { readonly kind: 'reserved'; readonly uploadUrl: string }
  /** There is one with this key, or another job writes it right now. Entries never change. */
  | { readonly kind: 'exists' }
  /** The token may not write: pull requests of forks, and whatever else the repository trusts less. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** Too many requests, or no space left; nothing can be written for now. */
  | { readonly kind: 'limited'; readonly reason: string };

export interface FoundEntry {
  readonly key: string;
  readonly downloadUrl: string;
}

/** The three methods of the cache service, version 2, as typed answers. Faults throw NETWORK. */
export interface EntryService {
  reserve(key: string, signal?: AbortSignal): Promise<Reservation>;
  /** Makes an uploaded entry visible. */
  finish(key: string, size: number, signal?: AbortSignal): Promise<void>;
  /**
   * The entry with this key, or else the newest whose key begins with one of the prefixes. The service looks in the
   * token's own scope first, then in those it may read.
   */
  find(key: string, prefixes: readonly string[], signal?: AbortSignal): Promise<FoundEntry | undefined>;
  /** Who names the signed addresses. */
  readonly url: string;
}

/** The service at an address. */
export function entryService(access: ServiceAccess): EntryService {
  const version = ENTRY_VERSION;
  return {
    url: access.url,
    async reserve(key, signal) {
      const body = { key: checkKey(key), version };
      return reservation(await callService(access, 'CreateCacheEntry', body, signal));
    },
    async finish(key, size, signal) {
      const body = { key, version, size_bytes: String(size) };
      const answer = await callService(access, 'FinalizeCacheEntryUpload', body, signal);
      if (answer.status !== 200 || answer.fields.ok !== true) throw refused('did not take an entry', answer);
    },
    async find(key, prefixes, signal) {
      const body = { key: checkKey(key), restore_keys: prefixes.map(checkKey), version };
      const answer = await callService(access, 'GetCacheEntryDownloadURL', body, signal);
      return foundEntry(answer);
    },
  };
}

function reservation(answer: ServiceAnswer): Reservation {
  const { status, fields, message } = answer;
  const uploadUrl = fields.signedUploadUrl ?? fields.signed_upload_url ?? '';
  if (status === 200 && fields.ok === true && uploadUrl !== '') return { kind: 'reserved', uploadUrl };
  if (status === 409 || fields.code === 'already_exists') return { kind: 'exists' };
  if (status === 429 || /insufficient usage/i.test(message))
    return { kind: 'limited', reason: limitReason(answer) };
  if (status === 403 || /^cache write denied:/i.test(message))
    return { kind: 'denied', reason: message === '' ? 'the token may only read' : message };
  // Servers of others say no more than ok: false for a key they have.
  if (status === 200 && message === '') return { kind: 'exists' };
  throw refused('did not reserve an entry', answer);
}

function foundEntry(answer: ServiceAnswer): FoundEntry | undefined {
  const { status, fields } = answer;
  if (status === 404 || (status === 200 && fields.ok !== true)) return undefined;
  const downloadUrl = fields.signedDownloadUrl ?? fields.signed_download_url ?? '';
  if (status !== 200 || downloadUrl === '') throw refused('did not look an entry up', answer);
  return { key: fields.matchedKey ?? fields.matched_key ?? '', downloadUrl };
}

function limitReason({ message, retryAfter }: ServiceAnswer): string {
  const wait = /^\d{1,9}$/.test(retryAfter ?? '') ? `, for ${retryAfter} s` : '';
  return `the cache service takes no more entries${wait}${message === '' ? '' : `: ${message}`}`;
}

function refused(what: string, { status, message }: ServiceAnswer): BuildError {
  return new BuildError('NETWORK', `the cache service ${what}: status ${status} ${message}`.trim());
}
