import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  buildImage,
  foresee,
  placedSteps,
  prepareBuild,
  type BuildPorts,
  type BuiltImage,
  type LayerCache,
  type PlacedSteps,
} from '../../src/build/index.ts';
import type { CacheRecord, CacheStore } from '../../src/cache/index.ts';
import { DirectoryStore } from '../../src/content/index.ts';
import { openDirectoryContext } from '../../src/context/index.ts';
import type { ImageConfig } from '../../src/oci/index.ts';
import { silentReporter, type Reporter } from '../../src/report/index.ts';
import type { BuildSpec } from '../../src/request/index.ts';
import { buildSpec } from './build-spec.ts';
import { fakeImages } from './planning.ts';

export interface MemoryBuild {
  /** Files of the context by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Puts more into the context. */
  prepare?(context: string): void;
  /** The configs of images without layers; `base` is always there. */
  readonly images?: Readonly<Record<string, Partial<ImageConfig>>>;
  readonly spec?: Partial<BuildSpec>;
  readonly signal?: AbortSignal;
  /** Results are taken from it and kept in it. */
  readonly cache?: CacheStore;
  /** What a RUN comes to; trees lie in plain directories then. */
  readonly run?: BuildPorts['sandbox']['run'];
  readonly hooks?: BuildHooks;
  readonly reporter?: Partial<Reporter>;
  readonly ownership?: 'disk' | 'ledger';
  readonly ports?: Partial<Pick<BuildPorts, 'download' | 'fetchRepository' | 'now'>>;
}

/** Moments of a build at which others may do something to its context. */
export interface BuildHooks {
  /** Keys are told, and nothing is built yet. */
  foreseen?(context: string): void;
  /** A layer is written, and nobody knows of it yet. */
  written?(context: string): void;
}

/** Builds a Dockerfile without RUN on top of images without files: what is left is the image's config and layers. */
export async function buildInMemory(dockerfile: string, build: MemoryBuild = {}): Promise<BuiltImage> {
  const directory = mkdtempSync(join(tmpdir(), 'build-in-memory-'));
  try {
    const [context, scratch] = [join(directory, 'context'), join(directory, 'scratch')];
    mkdirSync(scratch);
    for (const [name, text] of Object.entries({ ...build.files, Dockerfile: dockerfile })) {
      mkdirSync(dirname(join(context, name)), { recursive: true });
      writeFileSync(join(context, name), text);
    }
    build.prepare?.(context);
    const spec = buildSpec(context, build.spec);
    const store = storeOf(scratch, () => build.hooks?.written?.(context));
    const kept: CacheRecord[] = [];
    const cache = build.cache && layerCacheOf(build.cache, store, kept);
    const ports: BuildPorts = {
      images: fakeImages({ base: {}, ...build.images }),
      ...(cache !== undefined && { cache }),
      fetchLayer: async ({ descriptor }) => {
        if (cache === undefined) throw new Error('these images have no layers');
        await cache.fetch(descriptor);
      },
      fetchRepository: () => Promise.reject(new Error('nothing is fetched here')),
      download: () => Promise.reject(new Error('nothing is downloaded here')),
      store,
      context: openDirectoryContext(context, { dockerfilePath: spec.dockerfile }),
      sandbox: {
        ensureAvailable: () => undefined,
        executes: () => true,
        run: build.run ?? (() => Promise.reject(new Error('nothing runs here'))),
      },
      reporter: { ...silentReporter(), ...build.reporter },
      signal: build.signal ?? new AbortController().signal,
      now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 600),
      ...build.ports,
    };
    const settings = {
      scratch,
      snapshotter: build.run === undefined ? 'index' : 'scan',
      userxattr: false,
      ownership: build.ownership ?? 'disk',
      ignorePaths: [],
    } as const;
    const foreseen = await foreseenOf(spec, ports);
    build.hooks?.foreseen?.(context);
    const image = await buildImage(spec, ports, settings, foreseen);
    await build.cache?.save(kept, store, ports.signal);
    return image;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function storeOf(directory: string, onCommit: () => void): DirectoryStore {
  const store = new DirectoryStore(directory);
  const begin = store.begin.bind(store);
  store.begin = () => {
    const ingest = begin();
    const commit = ingest.commit.bind(ingest);
    ingest.commit = () => {
      onCommit();
      return commit();
    };
    return ingest;
  };
  return store;
}

/** A store of records as a build sees it; what the build keeps is noted. */
function layerCacheOf(cache: CacheStore, store: DirectoryStore, kept: CacheRecord[]): LayerCache {
  const { signal } = new AbortController();
  return {
    keeps: true,
    lookup: (keys) => cache.lookup(keys, signal),
    fetch: (descriptor) => store.put(descriptor, cache.open(descriptor)),
    keep: (record) => void kept.push(record),
    outdated: () => undefined,
  };
}

async function foreseenOf(spec: BuildSpec, ports: BuildPorts): Promise<PlacedSteps> {
  const { cache } = ports;
  if (cache === undefined) return [];
  const { plan, spec: timed } = await prepareBuild(spec, ports);
  const use = { take: true, freshStages: [], runLayers: true, copyLayers: true };
  return placedSteps(
    plan,
    await foresee(plan, timed, use, {
      ...ports,
      lookup: (keys) => cache.lookup(keys),
      identify: (url) => ports.download({ url }),
      commitOf: () => Promise.resolve(undefined),
    }),
  );
}
