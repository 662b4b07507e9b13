/**
 * Builds out of a cache: cold, with nothing changed, and with one file of the last COPY changed, each with a push to a local
 * registry. Ours with its cache in that registry (an empty machine for each build) and in a directory, beside
 * `buildah bud --layers` with `--cache-from` and `--cache-to` (an empty store for each build) and with the layers of its own
 * store. Needs root on Debian; run it on a machine that does nothing else. Usage: node bench/cache.ts   ROUNDS=3
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianLayout } from '../test/support/e2e/debian-base.ts';
import { startTestRegistry } from '../test/support/e2e/registry.ts';
import { measure } from './measure.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const PROGRAM = join(import.meta.dirname, '../dist/cli/index.js');
const SCENARIOS = ['cold', 'nothing changed', 'one file changed'] as const;

/** One way to build with a cache: a build for each call, out of what its earlier builds left; `round` tells rounds apart. */
interface Builder {
  readonly name: string;
  readonly build: (round: string, context: string) => Promise<number>;
}

const work = mkdtempSync(join(tmpdir(), 'ts-kaniko-bench-cache-'));
const registry = await startTestRegistry();
const builders: readonly Builder[] = [
  {
    name: 'ours, registry',
    build: (round, context) => {
      const cache = `type=registry,ref=${registry.host}/cache/ours-${round}`;
      return ours(round, context, ['--cache-from', cache, '--cache-to', cache]);
    },
  },
  {
    name: 'ours, directory',
    build: (round, context) => {
      const cache = `type=local,dest=${work}/cache-${round}`;
      return ours(round, context, ['--cache-from', cache, '--cache-to', cache]);
    },
  },
  { name: 'ours, no cache', build: (round, context) => ours(round, context, []) },
  {
    name: 'buildah, registry',
    build: async (round, context) => {
      const store = mkdtempSync(join(work, 'buildah-'));
      const cache = `${registry.host}/cache/buildah-${round}`;
      try {
        return await buildah(store, round, context, `--cache-from ${cache} --cache-to ${cache}`);
      } finally {
        rmSync(store, { recursive: true, force: true });
      }
    },
  },
  {
    name: 'buildah, own store',
    build: (round, context) => buildah(join(work, `store-${round}`), round, context, ''),
  },
];

try {
  await registry.publish(`${await debianLayout()}/layout:debian`, 'library/debian:bookworm');
  const figures = new Map<string, number[][]>(builders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    // Each round the other way round, so that nobody always finds the warmer machine.
    for (const builder of round % 2 === 0 ? builders : builders.toReversed())
      figures.get(builder.name)?.push(await scenarios(builder, round));
  }
  print(figures);
} finally {
  await registry.close();
  rmSync(work, { recursive: true, force: true });
}

/** Seconds of each scenario, one after another. */
async function scenarios({ name, build }: Builder, number: number): Promise<number[]> {
  const round = `${number}-${name.replace(/[^a-z]+/g, '-')}`;
  const context = join(work, `context-${round}`);
  fill(context);
  const seconds = [await build(round, context), await build(round, context)];
  writeFileSync(join(context, 'app/file-7.txt'), `changed in ${round}\n`);
  seconds.push(await build(round, context));
  rmSync(context, { recursive: true });
  return seconds;
}

function fill(context: string): void {
  mkdirSync(join(context, 'app'), { recursive: true });
  for (let file = 0; file < 200; file++)
    writeFileSync(join(context, `app/file-${file}.txt`), `file ${file}\n`.repeat(50));
  writeFileSync(join(context, 'packages.txt'), 'one\ntwo\n');
  const dockerfile = [
    'ARG BASE=debian:bookworm',
    'FROM ${BASE} AS packages',
    'WORKDIR /work',
    'COPY packages.txt .',
    'RUN mkdir out && cd out && seq 2000 | xargs -n 100 touch && cp -a /usr/share/perl* .',
    'FROM ${BASE} AS assets',
    'RUN mkdir /assets && dd if=/dev/urandom of=/assets/random bs=1M count=20 2>/dev/null',
    'FROM ${BASE}',
    'RUN useradd app && mkdir /app',
    'COPY --from=packages /work/out /app/packages',
    'COPY --from=assets /assets /app/assets',
    'COPY --chown=app app /app/src',
    'CMD ["ls", "/app"]',
  ];
  writeFileSync(join(context, 'Dockerfile'), `${dockerfile.join('\n')}\n`);
}

async function ours(round: string, context: string, cache: readonly string[]): Promise<number> {
  const image = `${registry.host}/bench/${round}:1`;
  const words = ['--context', context, '--destination', image, ...registry.flags, ...cache];
  return (await measure([process.execPath, PROGRAM, ...words])).seconds;
}

/** Its mounts go with the namespace. */
async function buildah(store: string, round: string, context: string, cache: string): Promise<number> {
  const where = `--root ${store}/root --runroot ${store}/run`;
  const image = `${registry.host}/bench/${round}:1`;
  const from = `--build-arg BASE=${registry.host}/library/debian:bookworm`;
  const flags = `--isolation chroot --layers --tls-verify=false ${cache} ${from} -t ${image}`;
  const script = `buildah ${where} bud ${flags} ${context} && buildah ${where} push -q --tls-verify=false ${image}`;
  return (await measure(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script])).seconds;
}

function print(figures: ReadonlyMap<string, readonly (readonly number[])[]>): void {
  const cell = (text: string): string => text.padStart(18);
  console.log(`seconds with a push, median of ${ROUNDS}, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(' '.repeat(20) + SCENARIOS.map(cell).join(''));
  for (const [name, rounds] of figures) {
    const medians = SCENARIOS.map((_, at) => median(rounds.map((seconds) => seconds[at] ?? Number.NaN)));
    console.log(name.padEnd(20) + medians.map((seconds) => cell(seconds.toFixed(2))).join(''));
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
