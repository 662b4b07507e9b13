import type { TarEntry } from './entry.ts';

/** Receives an archive as it is parsed: entry, its data in pieces (files only), end, for one entry after the other. */
export interface TarHandler {
  entry(entry: TarEntry): void;
  /** The chunk is valid during the call only. */
  data(chunk: Uint8Array): void;
  /** The current entry is complete: all `entry.size` bytes were given. */
  end(): void;
}
