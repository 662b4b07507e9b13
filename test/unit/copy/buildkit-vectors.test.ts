import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planCopy } from '../../../src/copy/index.ts';
import { MemoryRoot, type MemoryNode, type NodeRow } from '../../support/memory-root.ts';

/**
 * Made with the copy code of BuildKit v0.23.2 (fsutil 586307ad, run as root on real trees): each case copies from `source`
 * to `target` and lists the entries of the target that differ afterwards. A time of -1 is the time of the run.
 */
interface Vectors {
  readonly source: readonly NodeRow[];
  readonly target: readonly NodeRow[];
  readonly cases: readonly Case[];
}
interface Case {
  readonly op: {
    readonly sources: readonly string[];
    readonly dest: string;
    readonly owner?: string;
    readonly chmod?: string;
    readonly parents?: boolean;
    readonly excludes?: readonly string[];
  };
  readonly result?: readonly NodeRow[];
  readonly error?: string;
}

const { source, target, cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/copy.json', import.meta.url), 'utf8'),
) as Vectors;
const from = MemoryRoot.of(source);
const onto = MemoryRoot.of(target);
const ROOT_TIME = 100;
const NOW = 1_700_000_000;
const LETTERS: Readonly<Record<string, string>> = {
  directory: 'd',
  file: 'f',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  char: 'c',
};

function result({ op }: Case): MemoryRoot {
  const members = planCopy({
    source: from,
    target: onto,
    sources: op.sources,
    destination: op.dest,
    workdir: '/',
    owner: op.owner,
    chmod: op.chmod,
    parents: op.parents,
    excludes: op.excludes,
    isContext: false,
    now: NOW,
  });
  return onto.with(members);
}

/** Rows of a tree in the form of the vectors; where the vector's time is that of its run, ours is of no interest. */
function rows(root: MemoryRoot, timeless: ReadonlySet<string>): NodeRow[] {
  const first = new Map<string, string>();
  return [...root.nodes].sort(byPath).map(([path, node]) => {
    const shown = first.get(node.linkGroup ?? '');
    if (node.linkGroup !== undefined && shown === undefined) first.set(node.linkGroup, path);
    const type = shown === undefined ? (LETTERS[node.type] ?? '?') : 'h';
    const time = timeless.has(path) ? -1 : Number(node.mtimeNs / 1_000_000_000n);
    const value = shown ?? (node.type === 'file' ? node.content : node.linkname);
    return [path, type, node.mode, node.uid, node.gid, time, value];
  });
}

function byPath(a: readonly [string, MemoryNode], b: readonly [string, MemoryNode]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** Also the time of a root is of no interest: BuildKit's depends on how it got the tree. */
function isTimeless(row: NodeRow): boolean {
  return row[0] === '/' || row[5] === -1 || row[5] === ROOT_TIME;
}

function expected(vector: Case): NodeRow[] {
  const changed = new Map((vector.result ?? []).map((row) => [row[0], row]));
  const all = new Map<string, NodeRow>(target.map((row) => [row[0], row]));
  for (const [path, row] of changed) all.set(path, row);
  return [...all.values()]
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([path, type, mode, uid, gid, time, value = '']) => [path, type, mode, uid, gid, time, value]);
}

describe('planCopy', () => {
  it.each(
    cases
      .filter((vector) => vector.error === undefined)
      .map((vector) => [JSON.stringify(vector.op), vector] as const),
  )('leaves what BuildKit leaves: %s', (_, vector) => {
    const want = expected(vector);
    const timeless = new Set(want.filter(isTimeless).map((row) => row[0]));
    expect(rows(result(vector), timeless)).toEqual(
      want.map((row) => (isTimeless(row) ? row.with(5, -1) : row)),
    );
  });

  it.each(
    cases
      .filter((vector) => vector.error !== undefined)
      .map((vector) => [JSON.stringify(vector.op), vector.error, vector] as const),
  )('fails where BuildKit fails: %s (%s)', (_, __, vector) => {
    expect(() => result(vector)).toThrow(/.+/);
  });
});
