import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { succeed } from '../e2e/execute.ts';

/** Programs that flatten: none of them is ours. */
export const FLATTEN_TOOLS = ['umoci', 'getfattr'];

/** What tagIt calls an image. */
export const TAG = 'latest';

export interface HistoryRow {
  readonly created_by?: string;
  readonly comment?: string;
  readonly author?: string;
  /** Also where the layer has no entries: a builder may write such a layer or none. */
  readonly empty_layer?: true;
}

/** An image as builders are compared by. */
export interface Flattened {
  /** `type mode uid:gid …` of each path. */
  readonly files: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly history: readonly HistoryRow[];
  readonly diffIds: readonly string[];
}

interface ConfigFile {
  readonly author?: string;
  readonly architecture?: string;
  readonly os?: string;
  readonly config?: Record<string, unknown>;
  readonly history?: readonly (HistoryRow & { readonly created?: string })[];
  readonly rootfs: { readonly diff_ids: readonly string[] | null };
}

/**
 * Unpacks the one image of an OCI layout by umoci and lists it. Times from `since` (seconds since 1970) on are
 * told as `now`: they are of the build.
 */
export async function flatten(layout: string, since: number): Promise<Flattened> {
  const { config, layers } = readConfig(layout);
  tagIt(layout);
  const directory = mkdtempSync(join(tmpdir(), 'ts-kaniko-flatten-'));
  try {
    const root = join(directory, 'root');
    await succeed('umoci', ['raw', 'unpack', '--image', `${layout}:${TAG}`, root]);
    return {
      files: await listTree(root, since),
      config: { author: config.author, ...config.config },
      history: historyOf(config, layers),
      diffIds: config.rootfs.diff_ids ?? [],
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function readConfig(layout: string): { config: ConfigFile; layers: string[] } {
  const blob = (digest: string): string => join(layout, 'blobs', ...digest.split(':'));
  const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
  const index = read<{ manifests: [{ digest: string }] }>(join(layout, 'index.json'));
  const manifest = read<{ config: { digest: string }; layers: { digest: string }[] | null }>(
    blob(index.manifests[0].digest),
  );
  return {
    config: read(blob(manifest.config.digest)),
    layers: (manifest.layers ?? []).map(({ digest }) => blob(digest)),
  };
}

/** Gives the one image of a layout a tag: umoci knows images by their tags alone, and not every builder gives one. */
export function tagIt(layout: string): void {
  const file = join(layout, 'index.json');
  const index = JSON.parse(readFileSync(file, 'utf8')) as { manifests: [Record<string, unknown>] };
  index.manifests[0]['annotations'] = { 'org.opencontainers.image.ref.name': TAG };
  writeFileSync(file, JSON.stringify(index));
}

function historyOf({ history = [] }: ConfigFile, layers: readonly string[]): HistoryRow[] {
  const left = [...layers];
  return history.map(({ created_by, comment, author, empty_layer }) => {
    const empty = empty_layer === true || hasNoEntries(left.shift());
    return {
      ...(created_by === undefined ? {} : { created_by }),
      ...(comment === undefined ? {} : { comment }),
      ...(author === undefined ? {} : { author }),
      ...(empty ? { empty_layer: true as const } : {}),
    };
  });
}

function hasNoEntries(blob: string | undefined): boolean {
  if (blob === undefined) throw new Error('the history has more rows with a layer than there are layers');
  const bytes = readFileSync(blob);
  return bytes.length < 1024 && gunzipSync(bytes).every((byte) => byte === 0);
}

async function listTree(root: string, since: number): Promise<Record<string, string>> {
  const capabilities = await capabilitiesBelow(root);
  const paths = pathsBelow(root, '/');
  const groups = linkGroups(root, paths);
  const lines = paths.map((path) => {
    const stat = lstatSync(join(root, path), { bigint: true });
    const words = [
      ...describe(join(root, path), stat),
      timeOf(stat, since),
      ...(groups.has(path) ? [`= ${groups.get(path)}`] : []),
      ...(capabilities.has(path) ? [`capability ${capabilities.get(path)}`] : []),
    ];
    return [path, words.join(' ')] as const;
  });
  return Object.fromEntries(lines);
}

function pathsBelow(root: string, path: string): string[] {
  const stat = lstatSync(join(root, path));
  if (!stat.isDirectory()) return [path];
  const names = readdirSync(join(root, path)).sort();
  return [path, ...names.flatMap((name) => pathsBelow(root, join(path, name)))];
}

function describe(path: string, stat: BigIntStats): string[] {
  const mode = (Number(stat.mode) & 0o7777).toString(8).padStart(4, '0');
  const owner = `${stat.uid}:${stat.gid}`;
  if (stat.isDirectory()) return ['dir', mode, owner];
  if (stat.isSymbolicLink()) return ['link', owner, '->', JSON.stringify(readlinkSync(path))];
  if (stat.isFile())
    return [
      'file',
      mode,
      owner,
      `${stat.size}`,
      createHash('sha256').update(readFileSync(path)).digest('hex'),
    ];
  const kind = stat.isFIFO()
    ? 'fifo'
    : stat.isCharacterDevice()
      ? 'char'
      : stat.isBlockDevice()
        ? 'block'
        : 'socket';
  return [kind, mode, owner, `${stat.rdev}`];
}

function timeOf({ mtimeNs }: BigIntStats, since: number): string {
  const seconds = Number(mtimeNs / 1_000_000_000n);
  return seconds >= since ? 'now' : new Date(seconds * 1000).toISOString().replace('.000', '');
}

/** The first path of each group of hard links, for the others of it. */
function linkGroups(root: string, paths: readonly string[]): Map<string, string> {
  const first = new Map<bigint, string>();
  const groups = new Map<string, string>();
  for (const path of paths) {
    const stat = lstatSync(join(root, path), { bigint: true });
    if (stat.isDirectory() || stat.nlink === 1n) continue;
    const known = first.get(stat.ino);
    if (known === undefined) first.set(stat.ino, path);
    else groups.set(path, known);
  }
  return groups;
}

async function capabilitiesBelow(root: string): Promise<Map<string, string>> {
  const words = ['-R', '-h', '-P', '-m', '^security.capability$', '-e', 'hex', '-d', '--absolute-names'];
  const text = await succeed('getfattr', [...words, root]);
  const blocks = text.split('\n\n').map((block) => block.split('\n'));
  return new Map(
    blocks.flatMap(([name, line]) =>
      name === undefined || line === undefined
        ? []
        : [[name.slice(`# file: ${root}`.length), line.slice('security.capability='.length)] as const],
    ),
  );
}
