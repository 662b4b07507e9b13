import type { Download, DownloadIdentity, DownloadRequest, LayerCache } from '../build/index.ts';
import {
  downloadFile,
  downloadIfChanged,
  type Download as Fetched,
  type SourceTools,
} from '../context/index.ts';
import { identityOf, keepDownload, knownDownload } from './cache/known-downloads.ts';

/** The downloads of one build: what was fetched once is not fetched again. */
export class Downloads {
  readonly #sources: SourceTools;
  readonly #cache: LayerCache | undefined;
  readonly #fetched = new Map<string, Promise<Fetched>>();
  readonly #identities = new Map<string, Promise<DownloadIdentity>>();

  constructor(sources: SourceTools, cache: LayerCache | undefined) {
    this.#sources = sources;
    this.#cache = cache;
  }

  /** Throws what downloadFile throws. */
  fetch({ url, checksum }: DownloadRequest): Promise<Download> {
    const { directory, signal, http } = this.#sources;
    return this.#noted(url, checksum, () => downloadFile(http, { directory, signal, url, checksum }));
  }

  /** What a URL gives now, fetched only where its server does not say that it is what an earlier build got. */
  async identify(url: string): Promise<DownloadIdentity> {
    const fetched = this.#fetched.get(nameOf(url, undefined));
    if (fetched !== undefined) return fetched;
    const identity = this.#identities.get(url) ?? this.#identify(url);
    this.#identities.set(url, identity);
    return identity;
  }

  async #identify(url: string): Promise<DownloadIdentity> {
    const known = this.#cache && (await knownDownload(url, this.#cache));
    if (known === undefined) return this.fetch({ url });
    const { directory, signal, http } = this.#sources;
    const fetched = await downloadIfChanged(http, { directory, signal, url }, known.etag);
    return fetched === undefined
      ? identityOf(known)
      : this.#noted(url, undefined, () => Promise.resolve(fetched));
  }

  #noted(url: string, checksum: string | undefined, work: () => Promise<Fetched>): Promise<Fetched> {
    const name = nameOf(url, checksum);
    const known = this.#fetched.get(name);
    if (known !== undefined) return known;
    const fetched = work();
    this.#fetched.set(name, fetched);
    void fetched.then(
      (download) => this.#cache && keepDownload(url, download, this.#cache),
      () => undefined,
    );
    return fetched;
  }
}

function nameOf(url: string, checksum: string | undefined): string {
  return JSON.stringify([url, checksum]);
}
