import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BytePath, fromText, joinPath } from '../../src/bytes/index.ts';
import { BuildError } from '../../src/errors/index.ts';
import { LayerUnpacker, removeTree, type RootView, TreeIndex } from '../../src/rootfs/index.ts';
import { parseRaw, type RawEntry, rawTar } from './hostile-tar.ts';

export const isRoot = process.geteuid?.() === 0;

const SECRET = 'SECRET-OF-THE-HOST';

/** A directory to unpack to, with things beside it that no archive may touch or read. */
export class Scene {
  readonly #base = mkdtempSync(join(tmpdir(), 'archive-'));
  /** Where layers go. */
  readonly root = join(this.#base, 'dest');
  /** Absolute path of a directory that is none of the archive's business. */
  readonly victim = join(this.#base, 'victim');

  constructor() {
    mkdirSync(this.root);
    // The second shares its prefix with the root.
    for (const place of [this.victim, `${this.root}-evil`]) {
      mkdirSync(place);
      writeFileSync(join(place, 'secret'), SECRET, { mode: 0o600 });
      writeFileSync(join(place, 'program'), SECRET);
      chmodSync(join(place, 'program'), 0o755);
      mkdirSync(join(place, 'inner'), { mode: 0o700 });
    }
  }

  /** Everything outside the root: names, inodes, metadata, contents. */
  outside(): string[] {
    return walk(this.#base).filter((line) => !line.startsWith('dest/'));
  }

  /** Files inside the root that show something of the host: its bytes or its inodes. */
  leaks(): string[] {
    const inodes = new Set(walkFiles(this.victim).map((path) => lstatSync(path).ino));
    return walkFiles(this.root).filter(
      (path) => inodes.has(lstatSync(path).ino) || readFileSync(path).includes(SECRET),
    );
  }

  /** Unpacks layers one over the other; returns the error that refused one of them. */
  unpack(layers: readonly (readonly RawEntry[])[]): BuildError | undefined {
    return refusalOf(() => {
      for (const layer of layers) this.unpackLayer(layer);
    });
  }

  unpackLayer(entries: readonly RawEntry[]): void {
    const unpacker = new LayerUnpacker(fromText(this.root));
    try {
      parseRaw(rawTar(entries), unpacker);
      unpacker.finish();
    } finally {
      unpacker.abort();
    }
  }

  [Symbol.dispose](): void {
    removeTree(fromText(this.#base));
    rmSync(this.#base, { recursive: true, force: true });
  }
}

/** The same layers as an index in memory, or the error that refused one of them. */
export function index(layers: readonly (readonly RawEntry[])[]): TreeIndex | BuildError {
  const tree = new TreeIndex();
  const error = refusalOf(() => {
    for (const layer of layers) parseRaw(rawTar(layer), tree.handler());
  });
  return error ?? tree;
}

/** A tree as a sorted list: `d/`, `f`, `s->target`, `p|`; names of one inode carry the first one: `g=f`. */
export function describeTree(view: RootView): string[] {
  const groups = new Map<string, string>();
  const lines: string[] = [];
  const visit = (directory: BytePath): void => {
    for (const name of view.readdir(directory)) {
      const path = joinPath(directory, name);
      const stat = view.lstat(path);
      const shown = path.slice(1);
      const first = groups.get(stat?.linkGroup ?? '');
      if (stat?.linkGroup !== undefined && first === undefined) groups.set(stat.linkGroup, shown);
      const suffix = first === undefined ? '' : `=${first}`;
      if (stat?.type === 'directory') {
        lines.push(`${shown}/`);
        visit(path);
      } else if (stat?.type === 'symlink') lines.push(`${shown}->${view.readlink(path)}${suffix}`);
      else lines.push(`${shown}${stat?.type === 'file' ? '' : '|'}${suffix}`);
    }
  };
  visit('/' as BytePath);
  return lines;
}

function refusalOf(work: () => void): BuildError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof BuildError) return error;
    throw error;
  }
}

function walk(base: string, relative = ''): string[] {
  return readdirSync(join(base, relative), 'latin1').flatMap((name) => {
    const path = relative === '' ? name : `${relative}/${name}`;
    if (path.startsWith('dest/')) return [];
    const stat = lstatSync(join(base, path), { bigint: true });
    // Things come and go in the root: its own size, links and times are not the outside's.
    const moving = path === 'dest' ? '' : `${stat.nlink} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
    const line = `${path} ${stat.ino} ${path === 'dest' ? '' : stat.mode} ${stat.uid}:${stat.gid} ${moving}`;
    if (stat.isDirectory()) return [line, ...walk(base, path)];
    if (stat.isSymbolicLink()) return [`${line} -> ${readlinkSync(join(base, path))}`];
    return [
      `${line} ${createHash('sha256')
        .update(readFileSync(join(base, path)))
        .digest('hex')}`,
    ];
  });
}

/** Regular files; links are not followed, as `readdir` with `recursive` would. */
function walkFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return walkFiles(path);
    return entry.isFile() ? [path] : [];
  });
}
