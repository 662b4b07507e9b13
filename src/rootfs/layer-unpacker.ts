import { readdirSync } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../bytes/index.ts';
import type { TarEntry, TarHandler } from '../tar/index.ts';
import { EntryWriter } from './entry-writer.ts';
import type { KnownDirectory } from './known-directory.ts';
import { parseLayerName } from './layer-name.ts';
import { naming } from './naming-errors.ts';
import type { UnpackOptions } from './unpack-options.ts';

/**
 * Unpacks one layer over a tree on disk, image-spec layer.md: whiteouts remove what lower layers brought, never what
 * this one does, wherever in it they stand. Link targets are stored as they are and followed inside the root only.
 *
 * Hard links share the metadata of what they link to. Devices that the kernel forbids are left out, sockets cannot
 * occur. Nothing may change the tree while a layer is unpacked.
 */
export class LayerUnpacker implements TarHandler {
  readonly #writer: EntryWriter;
  #current = '' as BytePath;

  /** The directory has to exist. */
  constructor(directory: BytePath, options: UnpackOptions = {}) {
    this.#writer = new EntryWriter(directory, options);
  }

  /** Throws ARCHIVE for entries that make no sense, and FILESYSTEM where the machine is at fault. */
  entry(entry: TarEntry): void {
    this.#current = entry.path;
    naming(entry.path, () => {
      this.#writer.end();
      const name = parseLayerName(entry.path);
      if (name.kind === 'entry') this.#writer.begin(entry);
      else if (name.kind === 'whiteout') this.#removeAt(name.path);
      else if (name.kind === 'opaque') this.#clearAt(name.path);
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

  /** Completes the layer; nothing of it is sure to be in place before. */
  finish(): void {
    this.#writer.finish();
  }

  /** Lets go of the file that is being written, after an error. */
  abort(): void {
    this.#writer.abort();
  }

  #removeAt(path: BytePath): void {
    const place = this.#writer.tree.find(path);
    if (place !== undefined) this.#hide(place.directory, place.name);
  }

  #clearAt(path: BytePath): void {
    const directory = this.#writer.tree.findDirectory(path);
    if (directory !== undefined) this.#hideContents(directory);
  }

  #hide(directory: KnownDirectory, name: BytePath): void {
    if (!directory.placed.has(name)) {
      this.#writer.tree.remove({ directory, name, path: joinPath(directory.path, name) });
      return;
    }
    const child = directory.children.get(name);
    if (child !== undefined) this.#hideContents(child);
  }

  #hideContents(directory: KnownDirectory): void {
    for (const name of readdirSync(toFs(directory.path), { encoding: 'latin1' })) {
      this.#hide(directory, name as BytePath);
    }
  }
}
