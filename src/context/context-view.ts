import { accessSync, constants, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { type BytePath, joinPath, toFs, toText } from '../bytes/index.ts';
import { BuildError } from '../errors/index.ts';
import type { NodeStat, RootView } from '../rootfs/index.ts';
import { type ContentSource, NO_XATTRS } from '../tar/index.ts';
import type { Matcher, MatchState } from './matcher.ts';
import type { Sightings } from './sightings.ts';

const ROOT = '/' as BytePath;

/**
 * A directory on disk as a build context: everything belongs to 0:0, times are whole seconds, there are no extended
 * attributes and no sockets, and what the ignore rules exclude does not exist. Ignored files are never opened, and
 * directories that are ignored as a whole are never listed. What cannot be read is a CONTEXT error.
 */
export class ContextView implements RootView {
  readonly #directory: BytePath;
  readonly #ignore: Matcher;
  readonly #states = new Map<BytePath, MatchState>();
  readonly #sightings: Sightings | undefined;

  /** `sightings` are told of all that is seen. */
  constructor(directory: BytePath, ignore: Matcher, sightings?: Sightings) {
    this.#directory = directory;
    this.#ignore = ignore;
    this.#sightings = sightings;
  }

  /** The same files, whose looks are taken down. */
  watched(sightings: Sightings): RootView {
    return new ContextView(this.#directory, this.#ignore, sightings);
  }

  lstat(path: BytePath): NodeStat | undefined {
    const stat = reading(path, () => lstatSync(this.#onDisk(path), { bigint: false, throwIfNoEntry: false }));
    const type = stat === undefined ? undefined : typeOf(stat);
    if (stat === undefined || type === undefined || !this.#visible(path, type)) return undefined;
    this.#sightings?.file(joinPath(this.#directory, path), stat);
    return toNodeStat(stat, type);
  }

  readlink(path: BytePath): BytePath {
    return reading(path, () => readlinkSync(this.#onDisk(path), { encoding: 'latin1' }) as BytePath);
  }

  readdir(path: BytePath): BytePath[] {
    return this.#names(path).filter((name) => this.lstat(joinPath(path, name)) !== undefined);
  }

  content(path: BytePath): ContentSource {
    reading(path, () => accessSync(this.#onDisk(path), constants.R_OK));
    return { kind: 'file', path: joinPath(this.#directory, path) };
  }

  xattrs(): ReadonlyMap<string, Uint8Array> {
    return NO_XATTRS;
  }

  /** Whether the ignore rules hide what lies at this path; says nothing about there being anything. */
  isIgnored(path: BytePath): boolean {
    return this.#stateOf(path)?.matched ?? false;
  }

  #onDisk(path: BytePath): string | Buffer {
    return toFs(joinPath(this.#directory, path));
  }

  #names(path: BytePath): BytePath[] {
    const names = reading(path, () => readdirSync(this.#onDisk(path), { encoding: 'latin1' }) as BytePath[]);
    return names.sort();
  }

  #visible(path: BytePath, type: NodeStat['type']): boolean {
    if (!(this.#stateOf(path)?.matched ?? false)) return true;
    if (type !== 'directory' || !this.#ignore.mayReinclude(toText(path.slice(1) as BytePath))) return false;
    return this.#names(path).some((name) => this.lstat(joinPath(path, name)) !== undefined);
  }

  /** The match of a path, made from its parent's; undefined for the root, which nothing can exclude. */
  #stateOf(path: BytePath): MatchState | undefined {
    if (path === ROOT) return undefined;
    const known = this.#states.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('/');
    const parent = cut <= 0 ? undefined : this.#stateOf(path.slice(0, cut) as BytePath);
    const state = this.#ignore.matchBelow(toText(path.slice(1) as BytePath), parent);
    this.#states.set(path, state);
    return state;
  }
}

/** Does something with a path of the context; what the system refuses becomes a CONTEXT error that names it. */
function reading<T>(path: BytePath, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BuildError(
      'CONTEXT',
      `cannot read ${JSON.stringify(toText(path))} in the build context: ${code}`,
      {
        cause: error,
        hint: 'check its permissions, or exclude it by .dockerignore',
      },
    );
  }
}

function typeOf(stat: Stats): Exclude<NodeStat['type'], 'socket'> | undefined {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  return undefined;
}

function toNodeStat(stat: Stats, type: NodeStat['type']): NodeStat {
  const device = type === 'char' || type === 'block' ? stat.rdev : 0;
  return {
    type,
    mode: stat.mode & 0o7777,
    uid: 0,
    gid: 0,
    size: type === 'file' ? stat.size : 0,
    mtimeNs: BigInt(Math.floor(stat.mtimeMs / 1000)) * 1_000_000_000n,
    devMajor: majorOf(device),
    devMinor: minorOf(device),
    linkGroup: type !== 'directory' && stat.nlink > 1 ? `${stat.dev}:${stat.ino}` : undefined,
  };
}

/** Linux packs a device number as 12 bits of major around 20 bits of minor (and 32 more bits above). */
function majorOf(device: number): number {
  const bits = BigInt(device);
  return Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & ~0xfffn));
}

function minorOf(device: number): number {
  const bits = BigInt(device);
  return Number((bits & 0xffn) | ((bits >> 12n) & ~0xffn & 0xffffffffn));
}
