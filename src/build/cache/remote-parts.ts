import { keyPart, type KeyPart } from '../../cache/index.ts';
import type { Sightings } from '../../context/index.ts';
import { addNameFromUrl } from '../../copy/index.ts';
import { redact } from '../../errors/index.ts';
import type { DownloadIdentity } from '../ports.ts';

/** A download of ADD: its bytes, and the time its server told, which the file gets; not where it came from. */
export function downloadPart(url: string, { digest, lastModified }: DownloadIdentity): KeyPart {
  return keyPart(`download of ${addNameFromUrl(url)}`, digest, lastModified);
}

/** A download that must have this checksum: nobody has to be asked what it is. */
export function checksumPart(url: string, checksum: string): KeyPart {
  return keyPart(`checksum of ${addNameFromUrl(url)}`, checksum);
}

/** A repository at a commit. */
export function commitPart(url: string, commit: string): KeyPart {
  return keyPart(`commit of ${redact(url).slice(0, 500)}`, commit);
}

/** Takes down what a URL gave, or would give. */
export function noteDownload(
  url: string,
  { digest, lastModified }: DownloadIdentity,
  sightings: Sightings,
): void {
  sightings.note(url, JSON.stringify([digest, lastModified]));
}

/** Takes down at which commit a repository was, or would be. */
export function noteCommit(url: string, commit: string, sightings: Sightings): void {
  sightings.note(url, commit);
}
