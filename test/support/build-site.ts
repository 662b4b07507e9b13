import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runBuild } from '../../src/builder/index.ts';
import { DirectoryStore, memoryStore } from '../../src/content/index.ts';
import { readImage, type Image } from '../../src/image/index.ts';
import { parsePlatform, platformOfMachine } from '../../src/oci/index.ts';
import { parseReference } from '../../src/reference/index.ts';
import { silentReporter, type Reporter } from '../../src/report/index.ts';
import type {
  AskedBuild,
  BuildRequest,
  BuildResult,
  BuildSpec,
  BuildSurroundings,
  OutputSpec,
} from '../../src/request/index.ts';
import { askedBuild, buildSpec } from './build-spec.ts';
import { openImage, type OpenedImage } from './open-image.ts';
import { machineBase } from './machine-base.ts';
import { publishImage } from './publish-image.ts';
import { openSession, PLAIN_OPTIONS } from './registry-session.ts';
import { startRegistry, type RunningRegistry } from './registry/index.ts';

export interface SiteBuild {
  /** Files of the context, their text by name; `-> target` makes a symbolic link. */
  readonly files?: Readonly<Record<string, string>>;
  /** Puts more into the context. */
  prepare?(context: string): void;
  readonly spec?: Partial<BuildSpec>;
  /** Where contexts and Dockerfiles lie, in place of the files above. */
  readonly asked?: Partial<AskedBuild>;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout?: BuildSurroundings['stdout'];
  readonly outputs?: Partial<OutputSpec>;
  readonly isolation?: BuildRequest['isolation'];
  /** Several become one index. */
  readonly platforms?: readonly string[];
  /** What RUN mounts are given. */
  readonly supplies?: Pick<BuildRequest, 'secrets' | 'sshAgents'>;
  readonly cache?: BuildRequest['cache'];
  readonly reporter?: Partial<Reporter>;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
}

/** A place to build at: a registry in this process with a base image, and directories of its own. */
export interface BuildSite {
  readonly registry: RunningRegistry;
  readonly directory: string;
  /** The name of an image with a shell and core utilities of this machine. */
  readonly base: string;
  /** A fresh reference that nothing was pushed to. */
  destination(): string;
  /** Builds a Dockerfile (`base` in it is the base image) and pushes it. Throws what runBuild throws. */
  build(dockerfile: string, build?: SiteBuild): Promise<BuildResult>;
  /** What is in the registry under a reference, out of this registry. */
  open(reference: string): Promise<OpenedImage>;
  /** Builds and opens. */
  built(dockerfile: string, build?: SiteBuild): Promise<OpenedImage & { readonly result: BuildResult }>;
  /** What builds left in their scratch directory. */
  leftovers(): string[];
  close(): Promise<void>;
}

/** Opens a site. Its directories can be entered by everybody. */
export async function openSite(): Promise<BuildSite> {
  const registry = await startRegistry();
  const directory = mkdtempSync(join(tmpdir(), 'build-site-'));
  chmodSync(directory, 0o755);
  const scratch = join(directory, 'scratch');
  mkdirSync(scratch);
  chmodSync(scratch, 0o777);
  const base = `${registry.host}/base:1`;
  const store = new DirectoryStore(join(directory, 'store'));
  await publishImage(await machineBase(store), store, base);
  let count = 0;
  const destination = (): string => `${registry.host}/out/${count++}:1`;

  const build = (dockerfile: string, given: SiteBuild = {}): Promise<BuildResult> => {
    const context = join(directory, `context${count++}`);
    const text = dockerfile.replaceAll(/(^FROM(?: --platform=\S+)? |from=)base\b/gm, `$1${base}`);
    writeFiles(context, { ...given.files, Dockerfile: text });
    given.prepare?.(context);
    return runBuild(
      requestOf(context, scratch, registry, { tags: [destination()], push: true, ...given.outputs }, given),
      {
        reporter: { ...silentReporter(), ...given.reporter },
        signal: given.signal ?? new AbortController().signal,
        env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...given.env },
        stdin: given.stdin,
        stdout: given.stdout,
      },
    );
  };

  const open = async (reference: string): Promise<OpenedImage> =>
    openImage(...(await pulled(registry, reference)));

  return {
    registry,
    directory,
    base,
    destination,
    build,
    open,
    built: async (dockerfile, given) => {
      const result = await build(dockerfile, given);
      return { ...(await open(result.destinations[0]?.reference ?? '')), result };
    },
    leftovers: () => readdirSync(scratch),
    close: async () => {
      await registry.close();
      rmSync(directory, { recursive: true });
    },
  };
}

function requestOf(
  context: string,
  scratchParent: string,
  registry: RunningRegistry,
  outputs: OutputSpec,
  { spec, asked, platforms, isolation = 'auto', supplies, cache }: SiteBuild,
): BuildRequest {
  const platform = platformOfMachine(process.arch);
  return {
    spec: {
      ...askedBuild(buildSpec(context, { platform, buildPlatform: platform, ...spec })),
      ...asked,
    },
    platforms: platforms?.map((text) => parsePlatform(text)),
    outputs,
    registries: { ...PLAIN_OPTIONS, insecureRegistries: [registry.host] },
    credentials: [],
    ...supplies,
    gitTokens: [],
    isolation,
    cache,
    force: false,
    scratchParent,
  };
}

async function pulled(registry: RunningRegistry, text: string) {
  const session = openSession({ registries: { insecureRegistries: [registry.host] } });
  try {
    const reference = parseReference(text);
    const repository = session.repository(text, 'pull');
    const root = await repository.getManifest(reference.tag ?? 'latest');
    const image: Image = await readImage(repository, root, platformOfMachine(process.arch));
    const store = memoryStore();
    for (const { descriptor } of image.layers) await store.put(descriptor, repository.open(descriptor));
    return [image, store] as const;
  } finally {
    await session.close();
  }
}

/** Writes files below a directory; see SiteBuild.files. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    const [, target] = /^-> (.*)$/.exec(text) ?? [];
    if (target === undefined) writeFileSync(path, text);
    else symlinkSync(target, path);
  }
}
