import { rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { busyboxLayout, noBusyboxBase } from '../support/e2e/busybox-base.ts';
import { startCountingProxy, type CountingProxy, type Passed } from '../support/e2e/counting-proxy.ts';
import { installProgram, type Program } from '../support/e2e/program.ts';
import { REGISTRY_TOOLS, startTestRegistry, type TestRegistry } from '../support/e2e/registry.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { makeWorkplace, type Workplace } from '../support/e2e/workplace.ts';
import { runtimeToken, startGithubCache, type GithubCache } from '../support/github-cache/index.ts';

const reason = missing({ root: true, tools: REGISTRY_TOOLS }) ?? noBusyboxBase();

/** Stages before the last one: each copies a file, runs a program on it, and gives the last stage a file. */
const MAKERS = Array.from({ length: 11 }, (_, number) => number);

/** Twelve stages on one base; the last instruction that changes files is a COPY. */
const DOCKERFILE = [
  ...MAKERS.flatMap((number) => [
    `FROM busybox:1 AS made${number}`,
    'WORKDIR /work',
    `COPY in${number}.txt .`,
    `RUN cat in${number}.txt > out && echo ${number} >> out`,
  ]),
  'FROM busybox:1',
  'RUN mkdir /app && date > /app/when',
  ...MAKERS.map((number) => `COPY --from=made${number} /work/out /app/${number}`),
  'COPY last.txt /app/',
  'CMD ["cat", "/app/last.txt"]',
].join('\n');
const FILES = {
  Dockerfile: DOCKERFILE,
  'last.txt': 'last\n',
  ...Object.fromEntries(MAKERS.map((number) => [`in${number}.txt`, `in ${number}\n`])),
};
/** Layers of the image: that of the base, one of RUN, those of COPY. */
const LAYERS = 1 + 1 + MAKERS.length + 1;

/** Requests for the rest of a push: the config is looked for and sent, manifest and tag are written and read. */
const PUSH = 3 + 4;

let program: Program;
/** The same without what builds inside an isolation: whatever starts one fails. */
let halfProgram: Program;
let registry: TestRegistry;
let proxy: CountingProxy;
let service: GithubCache;
let place: Workplace;

/** What a build did, seen from outside. */
interface Seen {
  readonly said: string;
  readonly requests: readonly Passed[];
  /** Bytes of blobs that came, out of registries and out of GitHub's service. */
  readonly blobBytes: number;
  /** `GET` of blobs, by digest. */
  readonly fetched: readonly string[];
  /** Calls of GitHub's service and its storage. */
  readonly calls: number;
  readonly steps: { readonly hits: number; readonly of: number };
}

/** Builds on an empty machine: home and temporary directory are fresh. Prints what it took. */
async function build(
  title: string,
  cache: string,
  { of = program, tag = 'app/image:1' } = {},
): Promise<Seen> {
  const machine = makeWorkplace({});
  proxy.take();
  service.calls.length = 0;
  const started = performance.now();
  const { status, stderr } = await of.cli(
    [
      ...['--context', `dir://${place.context}`, '--destination', `${proxy.host}/${tag}`],
      ...['--registry-map', `docker.io=${proxy.host}`, '--insecure-registry', proxy.host],
      ...['--cache-from', cache, '--cache-to', cache],
    ],
    { home: machine.home, env: { TMPDIR: machine.scratch } },
  );
  const milliseconds = Math.round(performance.now() - started);
  machine.remove();
  expect(status, stderr).toBe(0);
  const requests = proxy.take();
  const blobs = requests.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/'));
  const loads = service.calls.filter(({ server, sent }) => server === 'storage' && sent > 0);
  const [, hits, all] = /cache: (\d+) of (\d+) steps/.exec(stderr) ?? [];
  const bytes = (some: readonly { readonly received?: number; readonly sent: number }[]): number =>
    some.reduce((sum, { received, sent }) => sum + (received ?? sent), 0);
  const seen = {
    said: stderr,
    requests,
    blobBytes: bytes(blobs) + bytes(loads.map(({ sent }) => ({ sent }))),
    fetched: blobs.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
    calls: service.calls.length,
    steps: { hits: Number(hits), of: Number(all) },
  };
  console.log(
    `${title}: ${milliseconds} ms, ${requests.length} requests, ${seen.calls} calls, ${seen.blobBytes} bytes of blobs, load ${loadavg()[0]?.toFixed(1)}`,
  );
  return seen;
}

function change(name: string): void {
  writeFileSync(join(place.context, name), `changed ${performance.now()}\n`);
}

/** Digest and size of the base's layer, and of all layers of an image in the registry. */
async function layersOf(
  name: string,
): Promise<readonly { readonly digest: string; readonly size: number }[]> {
  const [repository, tag] = name.split(':');
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const url = `http://${registry.host}/v2/${repository}/manifests/${tag}`;
  const response = await fetch(url, { headers: { accept } });
  return ((await response.json()) as { layers: { digest: string; size: number }[] }).layers;
}

describe.skipIf(reason !== undefined)(titled('a build of twelve stages out of a cache', reason), () => {
  beforeAll(async () => {
    [program, halfProgram] = [installProgram(), installProgram()];
    rmSync(join(halfProgram.directory, 'dist/builder'), { recursive: true, force: true });
    registry = await startTestRegistry();
    await registry.publish(`${await busyboxLayout()}/layout:busybox`, 'library/busybox:1');
    proxy = await startCountingProxy(registry.host);
  });
  afterAll(async () => {
    await proxy?.close();
    await registry?.close();
    program?.remove();
    halfProgram?.remove();
  });
  beforeEach(async () => {
    place = makeWorkplace(FILES);
    service = await startGithubCache();
  });
  afterEach(async () => {
    await service.close();
    place.remove();
  });

  /** Caches: where they lie, requests it takes to read their index out of the registry, and to push a layer they have. */
  const CACHES = {
    registry: { place: () => `type=registry,ref=${proxy.host}/app/cache`, reads: 2, pushes: 1, saves: 30 },
    github: {
      place: () =>
        `type=gha,scope=app,url_v2=${service.url},token=${runtimeToken({ own: 'refs/heads/main' })}`,
      ...{ reads: 0, pushes: 3, saves: 0 },
    },
    local: { place: () => `type=local,dest=${place.output('cache')}`, reads: 0, pushes: 3, saves: 0 },
  } as const;

  it.each(['registry', 'github', 'local'] as const)(
    'a %s cache: only what is needed is fetched',
    async (kind) => {
      const { reads, pushes, saves } = CACHES[kind];
      const location = CACHES[kind].place();
      const image = `app/${kind}:1`;
      await build(`${kind}, cold`, location, { tag: image });
      const [base] = await layersOf(image);

      // Nothing changed: the index of the cache, the tag of the base, the tag of the destination.
      const same = await build(`${kind}, nothing changed`, location, { of: halfProgram, tag: image });
      expect(same.steps.hits).toBe(same.steps.of);
      expect(same.requests).toHaveLength(reads + 2);
      expect(same.requests.filter(({ method }) => !['GET', 'HEAD'].includes(method))).toEqual([]);
      expect(same.fetched).toHaveLength(reads === 0 ? 0 : 1);
      expect(same.said).toContain('fetched 0 B of base images, 0 B out of the cache');

      // The same, pushed to another place: layers are taken over by the registry that has them.
      const elsewhere = `app/${kind}-elsewhere:1`;
      const moved = await build(`${kind}, to another repository`, location, {
        of: halfProgram,
        tag: elsewhere,
      });
      expect(moved.requests.length).toBeLessThanOrEqual(reads + 2 + pushes * LAYERS + PUSH);
      expect(moved.fetched).not.toContain(base?.digest);

      // The file of the last COPY: its layer is written from what is known of the others.
      change('last.txt');
      const copied = await build(`${kind}, last COPY changed`, location, { of: halfProgram, tag: image });
      expect(copied.steps).toEqual({ hits: same.steps.of - 1, of: same.steps.of });
      const known = new Set((await layersOf(image)).map(({ digest }) => digest));
      expect(copied.fetched.filter((digest) => known.has(digest))).toEqual([]);
      // Besides the index: one blob of listings, a push of one layer, and a save.
      expect(copied.requests.length).toBeLessThanOrEqual(reads + 2 + 3 + PUSH + saves);

      // A file that a RUN reads: what that stage is made of is fetched, and nothing of the others.
      change('in10.txt');
      const ran = await build(`${kind}, a RUN's file changed`, location, { tag: image });
      expect(ran.steps).toEqual({ hits: same.steps.of - 2 + 1, of: same.steps.of + 3 });
      expect(ran.said).toMatch(/fetched [1-9][0-9.]* [kM]?B of base images/);
      const after = await layersOf(image);
      expect(ran.fetched.filter((digest) => after.some((layer) => layer.digest === digest))).toEqual([
        base?.digest,
      ]);
    },
  );
});
