import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fromText } from '../../src/bytes/index.ts';
import { planAdd, type AddRequest } from '../../src/copy/index.ts';
import type { RootView } from '../../src/rootfs/index.ts';
import type { ContentSource } from '../../src/tar/index.ts';
import { MemoryRoot, type NodeRow } from './memory-root.ts';

export const NOW = 5000;

/** A build context that holds these files, given as bytes. */
export function contextOf(
  files: Readonly<Record<string, Uint8Array>>,
  rows: readonly NodeRow[] = [],
): RootView {
  const names = Object.keys(files).map((name): NodeRow => [`/${name}`, 'f', 0o644, 0, 0, 900, '']);
  const tree = MemoryRoot.of([...names, ...rows]);
  const sizes = new Map(Object.entries(files).map(([name, bytes]) => [`/${name}`, bytes]));
  for (const [path, bytes] of sizes) tree.nodes.set(path, { ...tree.get(path), size: bytes.length });
  const content = (path: string): ContentSource => ({
    kind: 'bytes',
    bytes: sizes.get(path) ?? new Uint8Array(0),
  });
  return {
    lstat: (path) => tree.lstat(path),
    readlink: (path) => tree.readlink(path),
    readdir: (path) => tree.readdir(path),
    xattrs: (path) => tree.xattrs(path),
    content,
  };
}

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'add-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** The tree an ADD leaves. */
export async function added(
  request: Partial<AddRequest> & Pick<AddRequest, 'source' | 'sources'>,
  target: MemoryRoot = new MemoryRoot(),
): Promise<MemoryRoot> {
  const members = await planAdd({
    target,
    destination: '/',
    workdir: '/',
    isContext: true,
    now: NOW,
    spillDirectory: fromText(temporaryDirectory()),
    ...request,
  });
  return target.with(members);
}

/** `path type mode uid:gid seconds content-or-target` of every node but the root. */
export function listing(root: MemoryRoot): string[] {
  return [...root.nodes]
    .filter(([path]) => path !== '/')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, node]) => {
      const value = node.type === 'file' ? node.content : node.linkname;
      const seconds = node.mtimeNs / 1_000_000_000n;
      return `${path} ${node.type} ${node.mode.toString(8)} ${node.uid}:${node.gid} ${seconds} ${value}`.trimEnd();
    });
}
