import type { DownloadIdentity, LayerCache } from '../../build/index.ts';
import { keyOf, keyPart, type DownloadRecord, type KeyPart } from '../../cache/index.ts';
import type { Download } from '../../context/index.ts';

/** What an earlier build got from a URL, where its server gave a validator for it; undefined where that is not known. */
export async function knownDownload(url: string, cache: LayerCache): Promise<DownloadRecord | undefined> {
  const key = keyOf(downloadParts(url));
  const record = (await cache.lookup([key])).get(key);
  return record?.kind === 'download' ? record : undefined;
}

/** Keeps what a download is, where its server will be able to tell whether it is still the same. */
export function keepDownload(url: string, { etag, digest, lastModified }: Download, cache: LayerCache): void {
  if (!cache.keeps || etag === undefined) return;
  const parts = downloadParts(url);
  const created = Date.now();
  cache.keep({ kind: 'download', key: keyOf(parts), parts, created, etag, content: digest, lastModified });
}

export function identityOf({ content, lastModified }: DownloadRecord): DownloadIdentity {
  return { digest: content, lastModified };
}

function downloadParts(url: string): readonly KeyPart[] {
  return [keyPart('kind', 'download', 1), keyPart('URL', url)];
}
