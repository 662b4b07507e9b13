import { baseName, joinPath, parentPath, type BytePath } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { TarEntry, TarHandler, TarMember } from '../tar/index.ts';
import { MAX_ACCOUNT_FILE_BYTES } from './accounts.ts';
import { parseLayerName, refusal } from './layer-name.ts';
import { resolveInRoot } from './resolve-in-root.ts';
import { inFile, inMemory, type StoredContent } from './stored-content.ts';
import type { RootView } from './root-view.ts';

/** Files whose content name lookups read, wherever they lie: /etc/passwd may be a symlink. */
export const KEPT_NAMES: readonly string[] = ['passwd', 'group'];

/** The tree a layer is applied to. */
export interface IndexedTree extends RootView {
  addMember(member: TarMember): BytePath;
  removePath(path: BytePath): void;
  placeOf(path: BytePath): BytePath;
}

/** One layer's headers on their way into an index. Whiteouts hide what lower layers brought, never what this one does. */
export class IndexLayer implements TarHandler {
  readonly #tree: IndexedTree;
  /** Paths this layer brought, with all directories above them. */
  readonly #placed = new Set<BytePath>(['/' as BytePath]);
  readonly #spill: string | undefined;
  #kept: { readonly entry: TarEntry; readonly content: StoredContent } | undefined;

  /** `spill` is an existing directory that the bytes of all files go into; only accounts are kept where it is absent. */
  constructor(tree: IndexedTree, spill?: string) {
    this.#tree = tree;
    this.#spill = spill;
  }

  entry(entry: TarEntry): void {
    try {
      this.#apply(entry);
    } catch (error) {
      // Links that go round in circles: here it is the archive's doing.
      if (!(error instanceof BuildError) || error.code !== 'FILESYSTEM') throw error;
      throw refusal(entry.path, `cannot be placed: ${error.message}`, error);
    }
  }

  data(chunk: Uint8Array): void {
    this.#kept?.content.write(chunk);
  }

  end(): void {
    if (this.#kept === undefined) return;
    const { entry, content } = this.#kept;
    this.#kept = undefined;
    this.#tree.addMember({ ...entry, content: content.finish() });
  }

  #apply(entry: TarEntry): void {
    const name = parseLayerName(entry.path);
    if (name.kind === 'reserved') return;
    if (name.kind === 'whiteout') this.#hide(this.#tree.placeOf(name.path));
    else if (name.kind === 'opaque') this.#hideContents(resolveInRoot(this.#tree, name.path).path);
    else this.#place(entry);
  }

  #place(entry: TarEntry): void {
    const path = this.#tree.addMember(entry);
    for (let at = path; !this.#placed.has(at); at = parentPath(at)) this.#placed.add(at);
    if (entry.type !== 'file' || entry.size === 0) return;
    const isKept = KEPT_NAMES.includes(baseName(path)) && entry.size <= MAX_ACCOUNT_FILE_BYTES;
    if (isKept) this.#kept = { entry, content: inMemory() };
    else if (this.#spill !== undefined) this.#kept = { entry, content: inFile(this.#spill) };
  }

  #hide(path: BytePath): void {
    if (!this.#placed.has(path)) this.#tree.removePath(path);
    else this.#hideContents(path);
  }

  #hideContents(path: BytePath): void {
    if (this.#tree.lstat(path)?.type !== 'directory') return;
    for (const name of this.#tree.readdir(path)) this.#hide(joinPath(path, name));
  }
}
