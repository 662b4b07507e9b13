import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildImage, type BuiltImage } from '../../src/build/index.ts';
import { DirectoryStore } from '../../src/content/index.ts';
import { openDirectoryContext } from '../../src/context/index.ts';
import type { ImageConfig } from '../../src/oci/index.ts';
import { silentReporter } from '../../src/report/index.ts';
import type { BuildSpec } from '../../src/request/index.ts';
import { buildSpec } from './build-spec.ts';
import { fakeImages } from './planning.ts';

export interface MemoryBuild {
  /** Files of the context by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** The configs of images without layers; `base` is always there. */
  readonly images?: Readonly<Record<string, Partial<ImageConfig>>>;
  readonly spec?: Partial<BuildSpec>;
  readonly signal?: AbortSignal;
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
    const spec = buildSpec(context, build.spec);
    return await buildImage(
      spec,
      {
        images: fakeImages({ base: {}, ...build.images }),
        fetchLayer: () => Promise.reject(new Error('these images have no layers')),
        fetchRepository: () => Promise.reject(new Error('nothing is fetched here')),
        download: () => Promise.reject(new Error('nothing is downloaded here')),
        store: new DirectoryStore(scratch),
        context: openDirectoryContext(context, { dockerfilePath: spec.dockerfile }),
        sandbox: {
          ensureAvailable: () => undefined,
          executes: () => true,
          run: () => Promise.reject(new Error('nothing runs here')),
        },
        reporter: silentReporter(),
        signal: build.signal ?? new AbortController().signal,
        now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 600),
      },
      { scratch, snapshotter: 'index', userxattr: false, ownership: 'disk', ignorePaths: [] },
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}
