/**
 * Pulling and unpacking an image, and pushing a large layer, side by side with skopeo + umoci and buildah on one local
 * registry of distribution's. Needs root, docker-registry, skopeo, umoci, buildah; run it on a machine that does nothing
 * else. Usage: node bench/registry.ts   MEGABYTES=600   ROUNDS=3
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { DirectoryStore } from '../src/content/index.ts';
import { assembleImage, pushImage, writeOciLayout, type Image } from '../src/image/index.ts';
import { createDigester, mediaTypes } from '../src/oci/index.ts';
import { silentReporter } from '../src/report/index.ts';
import { startDockerRegistry } from '../test/support/docker-registry.ts';
import { configOf } from '../test/support/image-parts.ts';
import { openSession } from '../test/support/registry-session.ts';
import { measure, type Measured } from './measure.ts';
import { filesOfMachine } from './registry-files.ts';

const BYTES = Number(process.env['MEGABYTES'] ?? 600) * 1_000_000;
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const CLIENT = join(import.meta.dirname, 'registry-client.ts');

const work = mkdtempSync(join(tmpdir(), 'ts-kaniko-bench-registry-'));
// What is measured is the work, not the reading of TypeScript; the first process fills the cache.
process.env['NODE_COMPILE_CACHE'] = join(work, 'compiled');
execFileSync(process.execPath, [CLIENT, 'warm']);
const registry = await startDockerRegistry();
try {
  await publish('pulled', tarOfMachine());
  await publish('pushed', randomLayer());
  console.log(`${BYTES / 1e6} MB, median of ${ROUNDS}, load ${loadavg()[0]?.toFixed(1)}`);
  print('pull and unpack', {
    ours: await rounds((place) => [[process.execPath, CLIENT, 'pull', `${registry.host}/pulled:v1`, place]]),
    'skopeo, then umoci': await rounds((place) => [
      [
        'skopeo',
        '--insecure-policy',
        'copy',
        '-q',
        '--src-tls-verify=false',
        image('pulled'),
        `oci:${place}/l:v1`,
      ],
      ['umoci', 'unpack', '--image', `${place}/l:v1`, `${place}/bundle`],
    ]),
    'umoci alone': await umociAlone(),
    buildah: await rounds((place) => [buildah(place, `pull -q --tls-verify=false ${image('pulled')}`)]),
  });
  print('push', {
    ours: await rounds((_, n) => [
      [process.execPath, CLIENT, 'push', `${work}/pushed`, `${registry.host}/ours-${n}:v1`],
    ]),
    skopeo: await rounds((_, n) => [
      [
        'skopeo',
        '--insecure-policy',
        'copy',
        '-q',
        '--dest-tls-verify=false',
        `oci:${work}/pushed:v1`,
        image(`skopeo-${n}`),
      ],
    ]),
  });
} finally {
  await registry.close();
  rmSync(work, { recursive: true, force: true });
}

function image(name: string): string {
  return `docker://${registry.host}/${name}:v1`;
}

/** The medians of a program's rounds, each in a directory of its own; its commands count together. */
async function rounds(commands: (place: string, round: number) => string[][]): Promise<Measured> {
  const all: Measured[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = mkdtempSync(join(work, 'round-'));
    const parts = [];
    for (const words of commands(place, round)) parts.push(await measure(words));
    rmSync(place, { recursive: true, force: true });
    const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
    all.push({ seconds, runSeconds: 0, peakMiB: Math.max(...parts.map(({ peakMiB }) => peakMiB)) });
  }
  const middle = (pick: (measured: Measured) => number): number =>
    all.map(pick).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  return { seconds: middle((m) => m.seconds), runSeconds: 0, peakMiB: middle((m) => m.peakMiB) };
}

function umociAlone(): Promise<Measured> {
  return rounds((place) => [['umoci', 'unpack', '--image', `${work}/pulled:v1`, `${place}/bundle`]]);
}

function buildah(place: string, command: string): string[] {
  const where = `--root ${place}/root --runroot ${place}/run --storage-driver vfs`;
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `buildah ${where} ${command}`];
}

/** An image of one layer: in a layout here, and in the registry. */
async function publish(name: string, tar: AsyncIterable<Uint8Array>): Promise<void> {
  const store = new DirectoryStore(join(work, `${name}-store`));
  const digester = createDigester();
  const ingest = store.begin();
  const gzip = createGzip({ level: name === 'pulled' ? 6 : 0 });
  const fed = (async () => {
    for await (const chunk of tar) {
      digester.update(chunk);
      if (!gzip.write(chunk)) await new Promise((resolve) => gzip.once('drain', resolve));
    }
    gzip.end();
  })();
  for await (const chunk of gzip) ingest.write(chunk as Buffer);
  await fed;
  const descriptor = { mediaType: mediaTypes.OCI_LAYER_GZIP, ...(await ingest.commit()) };
  const made: Image = assembleImage({
    config: configOf(1),
    layers: [{ descriptor, diffId: digester.digest() }],
  });
  await writeOciLayout({ images: [made] }, store, join(work, name), { tags: ['v1'] });
  if (name !== 'pulled') return;
  const session = openSession();
  const target = session.repository(`${registry.host}/${name}`);
  await pushImage(made, store, target, { tags: ['v1'], reporter: silentReporter() });
  await session.close();
}

/** A tar of files of this machine's /usr, so many bytes. */
async function* tarOfMachine(): AsyncGenerator<Uint8Array> {
  const { spawn } = await import('node:child_process');
  const list = join(work, 'files');
  filesOfMachine('/usr', BYTES, list);
  const tar = spawn('tar', ['-cf', '-', '-C', '/', '--no-recursion', '-T', list], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const chunk of tar.stdout) yield chunk as Buffer;
}

/** A tar of one file that cannot be compressed. */
async function* randomLayer(): AsyncGenerator<Uint8Array> {
  const place = join(work, 'random');
  mkdirSync(place);
  execFileSync(
    'dd',
    ['if=/dev/urandom', `of=${place}/file`, 'bs=1M', `count=${Math.round(BYTES / 1048576)}`],
    { stdio: 'ignore' },
  );
  const { spawn } = await import('node:child_process');
  const tar = spawn('tar', ['-cf', '-', '-C', place, 'file'], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const chunk of tar.stdout) yield chunk as Buffer;
  rmSync(place, { recursive: true });
}

function print(title: string, results: Readonly<Record<string, Measured>>): void {
  console.log(title);
  const mine = results['ours']?.seconds ?? Number.NaN;
  for (const [name, { seconds, peakMiB }] of Object.entries(results))
    console.log(
      `  ${name.padEnd(20)} ${seconds.toFixed(2)} s  peak ${peakMiB.toFixed(0)} MiB  ours/it ${(mine / seconds).toFixed(2)}`,
    );
}
