import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WarmEntries, type WarmEntry } from './warm-entries.ts';

/** A blob that no image names may be of a warmer at work, unless it is older than any download takes. */
const AT_WORK_MS = 24 * 60 * 60 * 1000;

/** Removes images that were not asked for since a time, and the blobs nothing else names; returns the images. */
export async function removeOld(layout: string, before: number, now: number): Promise<readonly WarmEntry[]> {
  const entries = new WarmEntries(layout);
  const old = entries.all().filter(({ warmed }) => warmed < before);
  if (old.length === 0) return [];
  await entries.remove(old);
  const named = new Set(entries.all().flatMap(({ blobs }) => blobs.map(hexOf)));
  const gone = new Set(old.flatMap(({ blobs }) => blobs.map(hexOf)));
  const folder = join(layout, 'blobs', 'sha256');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now);
    if (!named.has(name) && (gone.has(name) || age > AT_WORK_MS)) rmSync(path, { force: true });
  }
  return old;
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
