import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { toFs, toText, type BytePath } from '../bytes/index.ts';
import { assertNever } from '../errors/index.ts';
import type { TarEntry } from '../tar/index.ts';
import { ConfinedTree, type Place } from './confined-tree.ts';
import { toFileTime } from './file-time.ts';
import { finishDirectories, placeCapabilities, placeSpecialFiles } from './finish-tree.ts';
import { markPlaced, type KnownDirectory } from './known-directory.ts';
import { cleanMemberPath, refusal } from './layer-name.ts';
import type { UnpackOptions } from './unpack-options.ts';
import { CAPABILITY } from './xattrs.ts';

const CREATE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
const [OWNER_READ, OWNER_ALL] = [0o400, 0o700];
/** 2³² - 1 means "leave as it is" to chown(2). */
const MAX_ID = 0xffff_fffe;

/**
 * Puts archive entries onto disk, one after the other, inside one directory. The last entry of a name wins, only
 * directories merge, and what is replaced is removed first: no file that other names share is ever written to.
 */
export class EntryWriter {
  readonly tree: ConfinedTree;
  readonly #ownership: 'real' | 'skip';
  readonly #devices: 'make' | 'skip';
  readonly #accessible: boolean;
  #file: { readonly fd: number; readonly entry: TarEntry } | undefined;

  constructor(directory: BytePath, options: UnpackOptions) {
    this.tree = new ConfinedTree(directory);
    this.#ownership = options.ownership ?? (process.geteuid?.() === 0 ? 'real' : 'skip');
    this.#devices = options.devices ?? 'make';
    this.#accessible = options.accessible === true && process.geteuid?.() !== 0;
  }

  /** Starts an entry. Throws ARCHIVE where it makes no sense or would leave the root. */
  begin(entry: TarEntry): void {
    this.end();
    checkIds(entry);
    const path = cleanMemberPath(entry.path);
    if (path === '') return this.#updateRoot(entry);
    const place = this.tree.place(path);
    this.#put(place, entry);
    markPlaced(place.directory, place.name);
  }

  /** More content of the file that was begun; ignored where it was something else. */
  write(chunk: Uint8Array): void {
    if (this.#file === undefined) return;
    for (let done = 0; done < chunk.length;) done += writeSync(this.#file.fd, chunk, done);
  }

  /** Ends the entry. Nothing where none was begun. */
  end(): void {
    if (this.#file === undefined) return;
    const { fd, entry } = this.#file;
    try {
      if (this.#ownership === 'real') fchownSync(fd, entry.uid, entry.gid);
      // After the owner: a change of owner takes setuid and setgid away.
      fchmodSync(fd, this.#accessible ? entry.mode | OWNER_READ : entry.mode);
      const time = toFileTime(entry.mtimeNs);
      futimesSync(fd, time, time);
    } finally {
      this.abort();
    }
  }

  /** Ends everything: special files, capabilities, and the modes and times of directories. */
  finish(): void {
    this.end();
    placeSpecialFiles(this.tree.root, this.#ownership);
    if (this.#ownership === 'real') placeCapabilities(this.tree.root);
    finishDirectories(this.tree.root, this.#accessible ? OWNER_ALL : 0);
  }

  /** Lets go of the file that is being written; what is on disk stays as it is. */
  abort(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file.fd);
  }

  #put(place: Place, entry: TarEntry): void {
    switch (entry.type) {
      case 'file':
        return this.#openFile(place, entry);
      case 'directory':
        return this.#makeDirectory(place, entry);
      case 'symlink':
        return this.#makeSymlink(place, entry);
      case 'hardlink':
        return this.#makeLink(place, entry);
      case 'char':
      case 'block':
      case 'fifo':
        return this.#makeSpecial(place, entry);
      default:
        return assertNever(entry.type);
    }
  }

  #openFile(place: Place, entry: TarEntry): void {
    const fd = this.tree.create(place, () => openSync(toFs(place.path), CREATE, 0o600));
    this.#file = { fd, entry };
    const value = entry.xattrs.get(CAPABILITY);
    if (value !== undefined) place.directory.later.set(place.name, { kind: 'capability', value });
  }

  #updateRoot(entry: TarEntry): void {
    if (entry.type !== 'directory') throw refusal(entry.path, 'would replace the root directory');
    this.#updateDirectory(this.tree.root, entry);
  }

  #makeDirectory({ directory, name }: Place, entry: TarEntry): void {
    const existing = this.tree.child(directory, name);
    this.#updateDirectory(existing ?? this.tree.makeDirectory(directory, name), entry);
  }

  #updateDirectory(directory: KnownDirectory, entry: TarEntry): void {
    directory.mode = entry.mode;
    directory.mtimeNs = entry.mtimeNs;
    directory.isTouched = true;
    if (this.#ownership === 'real') lchownSync(toFs(directory.path), entry.uid, entry.gid);
  }

  #makeSymlink(place: Place, entry: TarEntry): void {
    if (entry.linkname === '' || entry.linkname.includes('\0')) {
      throw refusal(entry.path, 'is a symlink with an impossible target');
    }
    this.tree.create(place, () => {
      symlinkSync(toFs(entry.linkname), toFs(place.path));
    });
    if (this.#ownership === 'real') lchownSync(toFs(place.path), entry.uid, entry.gid);
    const time = toFileTime(entry.mtimeNs);
    lutimesSync(toFs(place.path), time, time);
  }

  /** The metadata of a link is that of the file it links to, which has it already. */
  #makeLink(place: Place, entry: TarEntry): void {
    const target = this.#linkTarget(entry);
    if (target === undefined || target.path === place.path) return;
    const deferred = target.directory.later.get(target.name);
    this.tree.create(place, () => {
      linkSync(toFs(target.path), toFs(place.path));
    });
    if (deferred !== undefined) place.directory.later.set(place.name, deferred);
  }

  /** Undefined where the link has to be left out. */
  #linkTarget(entry: TarEntry): Place | undefined {
    const path = cleanMemberPath(entry.linkname);
    const target = this.tree.find(path);
    if (target?.directory.later.get(target.name)?.kind === 'special') {
      placeSpecialFiles(this.tree.root, this.#ownership);
    }
    const stat = target === undefined ? undefined : lstatSync(toFs(target.path), { throwIfNoEntry: false });
    // What was put here and is not there can only be a device that was left out: so is the link to it.
    if (stat === undefined && target?.directory.placed.has(target.name) === true) return undefined;
    if (target === undefined || stat === undefined) {
      throw refusal(
        entry.path,
        `is a hard link to ${JSON.stringify(toText(entry.linkname))}, which does not exist`,
      );
    }
    if (stat.isDirectory()) throw refusal(entry.path, 'is a hard link to a directory');
    return target;
  }

  #makeSpecial(place: Place, entry: TarEntry): void {
    this.tree.remove(place);
    // Character device 0:0 stands for a removed file where trees are stacked, and for nothing else.
    const isDevice = entry.type !== 'fifo';
    if (isDevice && (this.#devices === 'skip' || (entry.devMajor === 0 && entry.devMinor === 0))) return;
    place.directory.later.set(place.name, { kind: 'special', entry });
  }
}

function checkIds(entry: TarEntry): void {
  for (const id of [entry.uid, entry.gid]) {
    if (!Number.isInteger(id) || id < 0 || id > MAX_ID)
      throw refusal(entry.path, `has the impossible owner ${id}`);
  }
}
