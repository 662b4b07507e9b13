import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { toText, type BytePath } from '../../../bytes/index.ts';
import { keyOf, keyPart, type KeyPart, type MountRecord } from '../../../cache/index.ts';
import { toBuildError } from '../../../errors/index.ts';
import { applyLayer, writeLayer } from '../../../layer/index.ts';
import { formatPlatform, type Digest } from '../../../oci/index.ts';
import { ArchiveUnpacker, removeTree } from '../../../rootfs/index.ts';
import { directoryMembers } from '../../../snapshot/index.ts';
import type { TarMember } from '../../../tar/index.ts';
import type { BuildSpec } from '../../../request/index.ts';
import type { BuildPorts, LayerCache } from '../../ports.ts';
import type { RootSettings } from '../../stage-roots.ts';

/** To be raised when archives change their form. */
const FORMAT = 1;
/** A cache with more is not kept: it would push everything else out of a cache of 10 GB, as GitHub's is. */
export const MAX_CACHE_BYTES = 4 * 1024 ** 3;
const MAX_CACHE_FILES = 500_000;
/** Caches are written after every build and read before the next: time counts more than size. */
const COMPRESSION = { kind: 'gzip', level: 1 } as const;

export interface MountArchiveSettings {
  readonly ownership: 'real' | 'skip';
  /** Caches of other platforms are others. */
  readonly platform: string;
}

/** What an archive is of. */
export interface MountedCache {
  /** Of the directory: a digest of all that tells caches apart within a build. */
  readonly key: string;
  /** For people. */
  readonly id: string;
}

type Ports = Pick<BuildPorts, 'store' | 'reporter' | 'signal' | 'now'> & { readonly cache: LayerCache };

/** Directories of RUN --mount=type=cache, kept from build to build as archives in the layer cache. Nothing of it fails a build. */
export class MountArchives {
  readonly #ports: Ports;
  readonly #settings: MountArchiveSettings;
  readonly #used = new Map<string, { readonly id: string; readonly directory: BytePath }>();
  /** What restored directories held at first. */
  readonly #restored = new Map<string, string>();

  constructor(ports: Ports, settings: MountArchiveSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Fills an empty directory with what the last build left. False where there is nothing, or nothing that can be used: then it is empty again. */
  async restore(cache: MountedCache, directory: BytePath, makeEmpty: () => void): Promise<boolean> {
    const record = await this.#record(cache);
    if (record === undefined) return false;
    makeEmpty();
    try {
      await this.#unpack(record, directory);
    } catch (error) {
      this.#ports.signal.throwIfAborted();
      this.#warn(cache.id, 'begins empty', error);
      removeTree(directory);
      return false;
    }
    this.#restored.set(cache.key, fingerprint(directoryMembers(directory)));
    return true;
  }

  /** Notes that a RUN was given a directory it may write to. Further directories of a private cache are not kept. */
  used({ key, id }: MountedCache, directory: BytePath): void {
    if (basename(toText(directory)) === key) this.#used.set(key, { id, directory });
  }

  /** Archives what changed. To be called once no RUN goes on. Never throws; does nothing more once it is cancelled. */
  async keep(): Promise<void> {
    const { cache, signal } = this.#ports;
    if (!cache.keeps) return;
    for (const [key, { id, directory }] of this.#used) {
      if (signal.aborted) return;
      try {
        await this.#archive({ key, id }, directory);
      } catch (error) {
        if (!signal.aborted) this.#warn(id, 'is not kept', error);
      }
    }
  }

  async #record(cache: MountedCache): Promise<MountRecord | undefined> {
    const key = keyOf(this.#parts(cache));
    const record = (await this.#ports.cache.lookup([key])).get(key);
    return record?.kind === 'mount' ? record : undefined;
  }

  async #unpack({ archive }: MountRecord, directory: BytePath): Promise<void> {
    const { cache, store, signal } = this.#ports;
    await cache.fetch(archive);
    const bounds = { entries: MAX_CACHE_FILES, totalBytes: MAX_CACHE_BYTES };
    const unpacker = new ArchiveUnpacker(directory, bounds, this.#settings.ownership);
    const limits = { uncompressedBytes: 2 * MAX_CACHE_BYTES };
    try {
      await applyLayer(store.open(archive, signal), 'gzip', undefined, unpacker, signal, limits);
      unpacker.finish();
    } catch (error) {
      unpacker.abort();
      throw error;
    }
  }

  async #archive(cache: MountedCache, directory: BytePath): Promise<void> {
    const members = directoryMembers(directory);
    const isEmpty = members.length < 2;
    if (isEmpty || this.#restored.get(cache.key) === fingerprint(members)) return;
    const bytes = members.reduce((sum, { size }) => sum + size, 0);
    if (bytes > MAX_CACHE_BYTES || members.length > MAX_CACHE_FILES) {
      const size = `${members.length} files with ${bytes} bytes`;
      return this.#warn(cache.id, 'is not kept', new Error(`${size} are too much`));
    }
    const { store, signal, now } = this.#ports;
    const { descriptor } = await writeLayer(members, store, { signal, compression: COMPRESSION });
    const parts = this.#parts(cache);
    this.#ports.cache.keep({
      kind: 'mount',
      key: keyOf(parts),
      parts,
      created: now(),
      name: cache.id,
      archive: descriptor,
    });
  }

  #parts({ key }: MountedCache): KeyPart[] {
    return [keyPart('cache directory', FORMAT, key), keyPart('platform', this.#settings.platform)];
  }

  #warn(id: string, what: string, error: unknown): void {
    const { message } = toBuildError(error);
    this.#ports.reporter.warn(`the cache directory ${JSON.stringify(id)} ${what}: ${message}`);
  }
}

/** Undefined where caches of RUN stay on this machine, or are not to be kept. */
export function openMountArchives(
  { platform }: BuildSpec,
  { cache, ...ports }: BuildPorts,
  { cacheMounts, keepsCacheMounts, ownership }: RootSettings,
): MountArchives | undefined {
  if (cache === undefined || cacheMounts !== undefined || keepsCacheMounts === false) return undefined;
  return new MountArchives(
    { ...ports, cache },
    { ownership: ownership === 'disk' ? 'real' : 'skip', platform: formatPlatform(platform) },
  );
}

/** The same for equal trees, told by everything but contents: who writes a file also changes its time. */
function fingerprint(members: readonly TarMember[]): Digest {
  const hash = createHash('sha256');
  for (const { path, type, mode, uid, gid, size, mtimeNs, linkname } of members)
    hash.update(`${JSON.stringify([path, type, mode, uid, gid, size, String(mtimeNs), linkname])}\n`);
  return `sha256:${hash.digest('hex')}`;
}
