import type { BytePath } from '../bytes/index.ts';
import type { TarEntry, TarHandler } from '../tar/index.ts';
import { EntryWriter } from './entry-writer.ts';
import { refusal } from './layer-name.ts';
import { naming } from './naming-errors.ts';

/** What an archive may unpack to. */
export interface ArchiveBounds {
  readonly entries: number;
  /** Contents of all files together. */
  readonly totalBytes: number;
}

/**
 * Unpacks an archive that is no layer into a directory on disk: no name is special, owners and file capabilities are set
 * where that is asked for, and devices left out. Nothing leaves the directory, whatever the archive's names and links say.
 */
export class ArchiveUnpacker implements TarHandler {
  readonly #writer: EntryWriter;
  readonly #bounds: ArchiveBounds;
  #current = '' as BytePath;
  #entries = 0;
  #bytes = 0;

  /** The directory has to exist. */
  constructor(directory: BytePath, bounds: ArchiveBounds, ownership: 'real' | 'skip' = 'skip') {
    this.#writer = new EntryWriter(directory, { ownership, devices: 'skip' });
    this.#bounds = bounds;
  }

  /** Throws ARCHIVE for entries that make no sense and archives out of bounds, FILESYSTEM where the machine is at fault. */
  entry(entry: TarEntry): void {
    this.#current = entry.path;
    this.#count(entry);
    naming(entry.path, () => {
      this.#writer.begin(entry);
    });
  }

  data(chunk: Uint8Array): void {
    naming(this.#current, () => {
      this.#writer.write(chunk);
    });
  }

  end(): void {
    naming(this.#current, () => {
      this.#writer.end();
    });
  }

  /** Completes the tree; modes and times of directories are not in place before. */
  finish(): void {
    this.#writer.finish();
  }

  /** Lets go of the file that is being written, after an error. */
  abort(): void {
    this.#writer.abort();
  }

  #count({ path, size }: TarEntry): void {
    this.#bytes += size;
    const { entries, totalBytes } = this.#bounds;
    if (++this.#entries > entries)
      throw refusal(path, `is one too many: more than ${entries} are not unpacked`);
    if (this.#bytes > totalBytes)
      throw refusal(path, `is too much: no more than ${totalBytes} bytes are unpacked`);
  }
}
