import { baseName, type BytePath, components, joinPath, parentPath, toText } from '../../bytes/index.ts';
import { NO_XATTRS, type TarEntry, type TarHandler } from '../../tar/index.ts';
import type { Owner } from '../copy-request.ts';
import { wholeSeconds } from '../copy-tree.ts';
import type { PlannedNode, PlannedTree } from '../planned-tree.ts';
import { archiveName, refusal } from './archive-name.ts';
import type { ArchiveLimits } from './limits.ts';
import { LinkedInodes } from './linked-inodes.ts';
import { resolveBelow } from './resolve-below.ts';
import type { Spill, StoredFile } from './spill.ts';

export interface ArchivePlanOptions {
  readonly tree: PlannedTree;
  /** The directory to unpack into: resolved, and there. */
  readonly directory: BytePath;
  /** `--chown`: takes the place of every entry's owner. */
  readonly owner: Owner | undefined;
  readonly spill: Spill;
  readonly limits: ArchiveLimits;
  /** Seconds since the epoch: time of directories the archive implies but does not hold. */
  readonly now: number;
}

const CAPABILITY = 'security.capability';

/** Receives an archive and puts it into a planned tree. */
export class ArchivePlan implements TarHandler {
  readonly #options: ArchivePlanOptions;
  readonly #links: LinkedInodes;
  #entries = 0;
  #bytes = 0;
  /** A directory by its name in the archive, and where it is; unset by all that may move it. */
  #last: { readonly name: BytePath; readonly path: BytePath } | undefined;
  #open: { readonly path: BytePath; readonly entry: TarEntry; readonly file: StoredFile } | undefined;

  constructor(options: ArchivePlanOptions) {
    this.#options = options;
    this.#links = new LinkedInodes(options.tree, options.spill);
  }

  entry(entry: TarEntry): void {
    this.#count(entry);
    const name = archiveName(entry.path);
    if (name === '') return;
    const path = this.#pathOf(name, entry.type === 'directory');
    // Through links a directory may turn out to be the one we unpack into.
    if (path === this.#options.directory) return;
    this.#makeParents(path, entry);
    this.#place(path, entry);
  }

  data(chunk: Uint8Array): void {
    this.#open?.file.write(chunk);
  }

  end(): void {
    if (this.#open === undefined) return;
    const { path, entry, file } = this.#open;
    this.#open = undefined;
    this.#options.tree.put(path, { ...this.#node(entry, 'file'), size: entry.size, content: file.finish() });
  }

  /** The archive is complete. */
  finish(): void {
    this.#links.finish();
  }

  #count(entry: TarEntry): void {
    const { entries, totalBytes } = this.#options.limits;
    this.#bytes += entry.size;
    if (++this.#entries > entries) throw refusal(entry.path, `the archive has more than ${entries} entries`);
    if (this.#bytes > totalBytes)
      throw refusal(entry.path, `the archive unpacks to more than ${totalBytes} bytes`);
  }

  /** Archives list a directory's files one after the other: where the last one went is looked up once. */
  #pathOf(name: BytePath, isDirectory: boolean): BytePath {
    const parent = parentPath(name);
    if (parent !== '' && this.#last?.name === parent) {
      const path = joinPath(this.#last.path, baseName(name));
      if (!isDirectory || this.#options.tree.lstat(path)?.type !== 'symlink') return path;
    }
    const path = this.#resolve(name, isDirectory);
    this.#last = isDirectory ? undefined : { name: parent, path: parentPath(path) };
    return path;
  }

  #resolve(name: BytePath, followLast: boolean): BytePath {
    return resolveBelow(this.#options.tree, this.#options.directory, name, followLast);
  }

  /** Directories the archive has no entry for: 0755, owned by root whatever `--chown` says. */
  #makeParents(path: BytePath, entry: TarEntry): void {
    const { tree, now } = this.#options;
    const parent = parentPath(path);
    if (tree.lstat(parent)?.type === 'directory') return;
    let at = '/' as BytePath;
    for (const part of components(parent)) {
      at = joinPath(at, part);
      const stat = tree.lstat(at);
      if (stat === undefined) tree.put(at, impliedDirectory(now));
      else if (stat.type !== 'directory') throw refusal(entry.path, `${toText(at)} is not a directory`);
    }
  }

  #place(path: BytePath, entry: TarEntry): void {
    const { tree } = this.#options;
    if (entry.type === 'hardlink') {
      const target = this.#resolve(archiveName(entry.linkname), false);
      if (target !== path) this.#links.link(path, target, this.#node(entry, 'file'), entry);
      return;
    }
    const existing = tree.lstat(path);
    const merges = existing?.type === 'directory' && entry.type === 'directory';
    if (existing !== undefined && !merges) {
      tree.remove(path);
      this.#last = undefined;
    }
    if (entry.size > 0) this.#open = { path, entry, file: this.#options.spill.begin(entry.size) };
    else tree.put(path, this.#node(entry, entry.type, merges ? tree.xattrs(path) : NO_XATTRS));
  }

  #node(
    entry: TarEntry,
    type: PlannedNode['type'],
    xattrs: ReadonlyMap<string, Uint8Array> = NO_XATTRS,
  ): PlannedNode {
    const capability = type === 'file' ? entry.xattrs.get(CAPABILITY) : undefined;
    return {
      type,
      mode: entry.mode,
      uid: this.#options.owner?.uid ?? entry.uid,
      gid: this.#options.owner?.gid ?? entry.gid,
      size: 0,
      mtimeNs: entry.mtimeNs < 0n ? 0n : wholeSeconds(entry.mtimeNs),
      devMajor: entry.devMajor,
      devMinor: entry.devMinor,
      linkname: type === 'symlink' ? entry.linkname : ('' as BytePath),
      xattrs: capability === undefined ? xattrs : new Map([[CAPABILITY, capability]]),
    };
  }
}

function impliedDirectory(now: number): PlannedNode {
  return {
    type: 'directory',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    mtimeNs: BigInt(now) * 1_000_000_000n,
    devMajor: 0,
    devMinor: 0,
    linkname: '' as BytePath,
    xattrs: NO_XATTRS,
  };
}
