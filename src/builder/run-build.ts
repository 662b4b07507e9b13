import { mkdirSync } from 'node:fs';
import { DirectoryStore } from '../content/index.ts';
import { downloadFile, type SourceTools } from '../context/index.ts';
import { assertNever } from '../errors/index.ts';
import { createHttpClient, type HttpClient } from '../http/index.ts';
import type { LayoutImage } from '../image/index.ts';
import { chooseBackend, probeIsolation, removeScratch } from '../isolation/index.ts';
import { createRegistryClient, registryTrust, type RegistryClient } from '../registry/index.ts';
import { pushedNames, type BuildResult, type BuildSurroundings, type RunBuild } from '../request/index.ts';
import { BaseImageSource } from './base-image-source.ts';
import { environmentOf } from './environment-of.ts';
import { fetchRepository } from './fetch-repository.ts';
import { gatherSources, layoutsOf, sourceTools } from './gather-sources.ts';
import { buildPlatforms } from './build-platforms.ts';
import { exportImage, type ExportTools } from './export-image.ts';
import { FormedImages } from './formed-images.ts';
import { innerCommand } from './inner-command.ts';
import { makeScratch } from './make-scratch.ts';
import type { GatheredRequest, JobSite } from './job.ts';
import type { Call } from './messages.ts';
import { checkDestinations } from './push-destinations.ts';
import { resultOf } from './result-of.ts';

/** What a build works with once its place on this machine is found. */
interface Site extends JobSite {
  readonly sources: SourceTools;
  readonly layouts: ReadonlyMap<string, LayoutImage>;
}

/** Builds an image and takes it where the request says. Leaves nothing else behind on this machine. Throws BuildError. */
export const runBuild: RunBuild = async (request, surroundings) => {
  const started = performance.now();
  const { env, reporter } = surroundings;
  const { isolation, scratchParent } = request;
  mkdirSync(scratchParent, { recursive: true });
  const report = await probeIsolation({ scratchParent, env, only: isolation });
  const backend = chooseBackend(report, isolation);
  reporter.info(`isolation: ${backend.name}`);
  const scratch = makeScratch(scratchParent);
  const http = createHttpClient({ env, materialOf: registryTrust(request.registries, env) });
  try {
    const sources = sourceTools(request, surroundings, { http, scratch, signal: surroundings.signal });
    const gathered = { ...request, spec: await gatherSources(request.spec, sources) };
    const site = { report, backend, scratch, sources, layouts: layoutsOf(request.spec) };
    const result = await buildAndExport(gathered, surroundings, site, http);
    return { ...result, milliseconds: Math.round(performance.now() - started) };
  } finally {
    await Promise.all([http.close(), removeScratch(scratch, backend, environmentOf(env))]);
  }
};

async function buildAndExport(
  request: GatheredRequest,
  { env, reporter, stdout, signal: cancelled }: BuildSurroundings,
  site: Site,
  http: HttpClient,
): Promise<Omit<BuildResult, 'milliseconds'>> {
  const stop = new AbortController();
  const signal = AbortSignal.any([cancelled, stop.signal]);
  const { registries, credentials, outputs } = request;
  const store = new DirectoryStore(site.scratch);
  const registry = createRegistryClient({ registries, credentials, env, reporter, http });
  const bases = new BaseImageSource(registry, store, signal, site.layouts);
  const tools = exportTools({ registry, bases, store, signal }, request, site, { reporter, stdout });
  const running = new Set<Promise<unknown>>();
  const inner = {
    backend: site.backend,
    command: innerCommand(),
    env: environmentOf(env),
    cwd: '/',
    reporter,
    answer: (call: Call) => tracked(running, answer(call, bases, { ...site.sources, signal })),
  };
  try {
    const [built] = await bothOrNeither(stop, [
      buildPlatforms(request, site, inner, env, {
        signal,
        onBuilt: ({ ended }) => void tracked(running, ended),
      }),
      registries.checkPush ? checkDestinations(pushedNames(outputs), tools) : Promise.resolve(),
    ]);
    const made = request.spec.compression ?? { kind: 'gzip' };
    const images = new FormedImages(built, made, outputs.annotations ?? [], tools);
    return resultOf(outputs, built, await exportImage(images, outputs, tools));
  } finally {
    await Promise.allSettled(running);
  }
}

/** The parts of a build that know registries and blobs. */
interface Places {
  readonly registry: RegistryClient;
  readonly bases: BaseImageSource;
  readonly store: DirectoryStore;
  readonly signal: AbortSignal;
}

function exportTools(
  { bases, ...places }: Places,
  { spec }: GatheredRequest,
  { scratch }: Site,
  surroundings: Pick<BuildSurroundings, 'reporter' | 'stdout'>,
): ExportTools {
  return {
    ...places,
    ...surroundings,
    scratch,
    blobs: bases,
    originsOf: (digest) => bases.originsOf(digest),
    sourceDateEpoch: spec.sourceDateEpoch,
  };
}

/** Notes work for as long as it goes on: what nobody waits for any more may still write into the scratch directory. */
function tracked<T>(running: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  running.add(work);
  const forget = (): void => void running.delete(work);
  work.then(forget, forget);
  return work;
}

/** Waits for both; the first failure stops the other, and is thrown once that has ended. */
async function bothOrNeither<A, B>(
  stop: AbortController,
  work: readonly [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  let first: { readonly error: unknown } | undefined;
  const watched = work.map((promise) =>
    promise.catch((error: unknown) => {
      first ??= { error };
      stop.abort();
    }),
  );
  const values = await Promise.all(watched);
  if (first !== undefined) throw first.error;
  return values as [A, B];
}

function answer(call: Call, bases: BaseImageSource, sources: SourceTools): Promise<unknown> {
  switch (call.method) {
    case 'resolve':
      return bases.resolve(call.reference, call.platform);
    case 'resolve-layout':
      return bases.resolveLayout(call.context, call.platform);
    case 'fetch':
      return bases.fetch(call.layer);
    case 'download':
      return downloadFile(sources.http, {
        directory: sources.directory,
        signal: sources.signal,
        url: call.url,
        checksum: call.checksum,
      });
    case 'git':
      return fetchRepository(call, sources);
    default:
      return assertNever(call);
  }
}
