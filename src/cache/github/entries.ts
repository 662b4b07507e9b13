import { BuildError } from '../../errors/index.ts';
import type { HttpClient, Waiting } from '../../http/index.ts';
import type { BlobAccess } from './blob-access.ts';
import type { CacheAccess } from './cache-mode.ts';
import { downloadRange, downloadWhole, type ByteRange, type SignedAddress } from './download-entry.ts';
import { entryService, type EntryService, type Reservation } from './entry-service.ts';
import { ServiceHealth } from './service-health.ts';
import { uploadEntry } from './upload-entry.ts';

/** A cache service and what it may be used for. */
export interface GithubCacheAccess {
  readonly http: HttpClient;
  readonly waiting: Waiting;
  /** The address of the service; `ACTIONS_RESULTS_URL` on GitHub. */
  readonly url: string;
  readonly token: string;
  readonly access: CacheAccess;
}

/** What became of the wish to write an entry. */
export type Written = { readonly kind: 'written' } | Exclude<Reservation, { readonly kind: 'reserved' }>;

/** Entries of the cache service as texts and bytes by key. A service that is out of order is given up after a while. */
export class Entries {
  readonly #service: EntryService;
  readonly #blobs: BlobAccess;
  readonly #health: ServiceHealth;
  readonly #addresses = new Map<string, Promise<string | undefined>>();
  readonly #access: CacheAccess;
  #refusal: Exclude<Written, { readonly kind: 'written' | 'exists' }> | undefined;

  constructor({ http, waiting, url, token, access }: GithubCacheAccess) {
    this.#service = entryService({ http, waiting, url, token });
    this.#blobs = { http, waiting, service: url };
    this.#health = new ServiceHealth(() => waiting.now());
    this.#access = access;
  }

  /** Whether there is an entry of this key that can be read. */
  async has(key: string, signal?: AbortSignal): Promise<boolean> {
    return (await this.#addressOf(key, signal)) !== undefined;
  }

  /** Part of an entry, not verified. Throws NETWORK where it cannot be read or is not there. */
  async *read(key: string, range: ByteRange, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const address: SignedAddress = async (fresh) => {
      if (fresh) this.#addresses.delete(key);
      return (await this.#addressOf(key, signal)) ?? missing(key);
    };
    const chunks = downloadRange(this.#blobs, address, range, signal)[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.#health.during(() => chunks.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  /** The newest entry whose key begins so: the rest of its key and all of its bytes. Undefined where there is none. */
  async newest(
    prefix: string,
    limitBytes: number,
    signal?: AbortSignal,
  ): Promise<{ readonly rest: string; readonly bytes: Buffer } | undefined> {
    if (!this.#access.reads) return undefined;
    return this.#health.during(async () => {
      const found = await this.#service.find(prefix, [prefix], signal);
      if (found?.key.startsWith(prefix) !== true) return undefined;
      let { downloadUrl } = found;
      const address: SignedAddress = async (fresh) => {
        if (fresh) downloadUrl = (await this.#service.find(found.key, [], signal))?.downloadUrl ?? '';
        return downloadUrl;
      };
      const bytes = await downloadWhole(this.#blobs, address, limitBytes, signal);
      return { rest: found.key.slice(prefix.length), bytes };
    });
  }

  /** Writes an entry, unless there is one of this key. After a refusal nothing more is asked. Throws NETWORK. */
  async write(
    key: string,
    size: number,
    open: () => AsyncIterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<Written> {
    if (this.#refusal !== undefined) return this.#refusal;
    return this.#health.during(async () => {
      const reservation = await this.#service.reserve(key, signal);
      if (reservation.kind === 'denied' || reservation.kind === 'limited') this.#refusal = reservation;
      if (reservation.kind !== 'reserved') return reservation;
      await uploadEntry(this.#blobs, reservation.uploadUrl, size, open(), signal);
      await this.#service.finish(key, size, signal);
      this.#addresses.delete(key);
      return { kind: 'written' };
    });
  }

  /** The signed address of an entry, asked for once; undefined where there is none. */
  #addressOf(key: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    if (!this.#access.reads) return Promise.resolve(undefined);
    const known = this.#addresses.get(key);
    if (known !== undefined) return known;
    const asked = this.#health.during(async () => {
      const found = await this.#service.find(key, [], signal);
      return found?.key === key ? found.downloadUrl : undefined;
    });
    this.#addresses.set(key, asked);
    // What failed is asked again.
    asked.catch(() => this.#addresses.delete(key));
    return asked;
  }
}

function missing(key: string): never {
  throw new BuildError('CONTENT', `the cache service has no entry ${key} any more`);
}
