import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { joinPath, toFs, type BytePath } from '../../../bytes/index.ts';
import { BuildError } from '../../../errors/index.ts';
import { DiskRoot } from '../../../rootfs/index.ts';
import type { BuildKit } from '../../kit.ts';
import type { StageRoot } from '../../../snapshot/index.ts';
import { rootOf } from '../../stage-files.ts';
import type { StageState } from '../../stage-state.ts';
import { boundAt, lookUp } from './bind-mount.ts';
import type { CacheWish } from './cache-store.ts';
import type { CacheRequest } from './mount-request.ts';
import type { PreparedMount } from './prepared-mount.ts';
import type { Releases } from './releases.ts';

/**
 * The cache mounts of one RUN. `nested` tells that mounts of it lie within each other: then its caches are held alone, as
 * nobody may move directories while mount points are looked up in them; so is a cache of which only a part is mounted.
 * Throws FILESYSTEM where that part is not there.
 */
export async function prepareCaches(
  requests: readonly CacheRequest[],
  nested: boolean,
  kit: BuildKit,
  releases: Releases,
): Promise<PreparedMount[]> {
  if (requests.length === 0) return [];
  const wishes = await Promise.all(requests.map((request) => wishOf(request, nested, kit, releases)));
  const { directories, release } = await kit.caches.take(wishes, kit.ports.signal);
  releases.add(release);
  return requests.map((request, index) => {
    const key = wishes[index]?.key ?? '';
    const directory = directories.get(key);
    if (directory === undefined) throw new BuildError('INTERNAL', `no directory for the cache ${request.id}`);
    if (!request.readOnly) kit.mountArchives?.used({ key, id: request.id }, directory);
    return mountOf(request, directory);
  });
}

function mountOf({ target, source, readOnly, id }: CacheRequest, directory: BytePath): PreparedMount {
  const found = lookUp(new DiskRoot(directory), source);
  if (found === undefined) {
    throw new BuildError(
      'FILESYSTEM',
      `${JSON.stringify(source)}: not found in the cache ${JSON.stringify(id)}`,
      {
        hint: 'leave source out: a cache is empty at first, unless from names what it begins with',
      },
    );
  }
  const path = found.path === '/' ? directory : joinPath(directory, found.path);
  return boundAt(target, path, found.kind, readOnly);
}

async function wishOf(
  request: CacheRequest,
  nested: boolean,
  kit: BuildKit,
  releases: Releases,
): Promise<CacheWish> {
  const { id, from, source, sharing, mode, uid, gid } = request;
  // Owner and mode are for a directory of their own, which hides what `from` has; as in BuildKit.
  const isOwn = source === '/' && (mode ?? uid ?? gid) !== undefined;
  const begin = from === undefined ? undefined : await kit.finished(from);
  const root = begin === undefined || isOwn ? undefined : await rootOf(begin);
  const origin = begin === undefined ? '' : await identityOf(begin);
  const hash = createHash('sha256').update(JSON.stringify([id, origin, isOwn ? [mode, uid, gid] : null]));
  const key = hash.digest('hex');
  const alone = sharing === 'locked' || nested || source !== '/';
  return {
    key,
    use: sharing === 'private' ? 'private' : alone ? 'alone' : 'shared',
    fill: async (path) => {
      if (await kit.mountArchives?.restore({ key, id }, path, () => makeEmpty(path, request, kit))) return;
      if (root === undefined) makeEmpty(path, request, kit);
      else copyTree(root, path, kit, releases);
    },
  };
}

/** The same for stages with the same layers. */
async function identityOf(state: StageState): Promise<string> {
  const layers = await Promise.all(state.layers.map(({ layer }) => layer));
  return JSON.stringify([state.stage.label, layers.map(({ diffId }) => diffId)]);
}

function makeEmpty(path: BytePath, { mode = 0o755, uid = 0, gid = 0 }: CacheRequest, kit: BuildKit): void {
  mkdirSync(toFs(path));
  kit.giveTo(path, { uid, gid });
  chmodSync(toFs(path), mode);
}

function copyTree(root: StageRoot, path: BytePath, kit: BuildKit, releases: Releases): void {
  const opened = root.open();
  releases.add(() => opened.close());
  if (opened.directory === undefined)
    throw new BuildError('INTERNAL', 'the files a cache begins with do not lie on disk');
  kit.scratchCopies.into(path, opened.directory);
}
