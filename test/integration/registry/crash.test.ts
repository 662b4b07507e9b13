import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBlob, DirectoryStore, memoryStore } from '../../../src/content/index.ts';
import { assembleImage, pushImage, type Image } from '../../../src/image/index.ts';
import { digestOf, type Digest } from '../../../src/oci/index.ts';
import { parseReference } from '../../../src/reference/index.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';
import { collect, openSession, type Session } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

/** Each costs a start of node; CRASH_KILLS sets another number. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 200);
const AT_ONCE = 4;
const PHASES = ['pull', 'store', 'push', 'tag'] as const;
const CHILD = join(import.meta.dirname, '../../support/registry/crash-child.ts');
const blobs = memoryStore();

let registry: RunningRegistry;
let session: Session;
let directory: string;
let image: Image;
const seen = { kills: 0, stores: 0, blobs: 0, leftovers: 0, tags: 0, killedIn: {} as Record<string, number> };

beforeAll(async () => {
  registry = await startRegistry();
  session = openSession();
  directory = mkdtempSync(join(tmpdir(), 'registry-crash-'));
  const layers = [];
  for (const name of ['a', 'b', 'c'])
    layers.push(await addLayer(blobs, name, randomBytes(150_000).toString('base64'), 'none'));
  execFileSync(process.execPath, [CHILD], { env: childEnv() });
  image = assembleImage({ config: configOf(3), layers });
  const options = { tags: ['v1'], reporter: silentReporter() };
  await pushImage(image, blobs, session.repository(`${registry.host}/base`), options);
});
afterAll(async () => {
  await session.close();
  await registry.close();
  rmSync(directory, { recursive: true, force: true });
  const phases = PHASES.map((phase) => `${seen.killedIn[phase] ?? 0} in ${phase}`).join(', ');
  console.log(
    `killed ${seen.kills} times (${phases}): ${seen.stores} stores with ${seen.blobs} readable blobs, none corrupt, ` +
      `${seen.leftovers} unfinished files; ${seen.tags} tags, each complete`,
  );
});

/** Children start twice as fast with what the first of them compiled. */
function childEnv(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') };
}

/** Lives until a random moment of the phase, then is killed. Returns the process id. */
async function liveAndDie(place: string, phase: string): Promise<number> {
  const child = spawn(process.execPath, [CHILD, registry.host, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: childEnv(),
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let last = 'start';
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      last = text.trim().split('\n').at(-1) ?? last;
      if (text.includes(phase)) resolve();
    });
    child.once('exit', resolve);
  });
  await delay(randomInt(0, 40));
  expect(child.exitCode, 'it ended by itself').toBeNull();
  child.kill('SIGKILL');
  await ended;
  seen.kills += 1;
  seen.killedIn[last] = (seen.killedIn[last] ?? 0) + 1;
  return child.pid ?? 0;
}

/** None where the process died before it made the directory. */
function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

/** Every blob a store would serve has its own digest; another pull completes it. */
async function checkStore(place: string): Promise<void> {
  const folder = join(place, 'blobs/sha256');
  for (const name of namesIn(folder)) {
    if (name.startsWith('.')) {
      seen.leftovers += 1;
      continue;
    }
    expect(digestOf(readFileSync(join(folder, name)))).toBe(`sha256:${name}`);
    seen.blobs += 1;
  }
  const store = new DirectoryStore(place);
  const { repository, descriptor } = await session.client.resolve(parseReference(`${registry.host}/base:v1`));
  expect(descriptor.digest).toBe(image.descriptor.digest);
  for (const layer of image.layers) {
    await copyBlob(repository, store, layer.descriptor);
    await collect(store.open(layer.descriptor));
  }
  seen.stores += 1;
}

/** What a tag names is there, blob for blob; a push that goes on after the dead one ends right. */
async function checkRepository(name: string): Promise<void> {
  const target = session.repository(`${registry.host}/${name}`);
  for (const tag of ['v1', 'v2']) {
    const found = await target.getManifest(tag).catch(() => undefined);
    if (found === undefined) continue;
    expect(found.descriptor.digest).toBe(image.descriptor.digest);
    for (const blob of [image.manifest.config, ...image.layers.map(({ descriptor }) => descriptor)])
      await collect(target.open(blob));
    seen.tags += 1;
  }
  await pushImage(image, blobs, target, { tags: ['v1', 'v2'], reporter: silentReporter() });
  expect((await target.getManifest('v2')).descriptor.digest).toBe<Digest>(image.descriptor.digest);
}

describe('a process that is killed', () => {
  it(`${KILLS} times leaves stores and tags that are whole`, { timeout: 1_800_000 }, async () => {
    for (let started = 0; started < KILLS; started += AT_ONCE) {
      const batch = Array.from({ length: AT_ONCE }, async (_, index) => {
        const place = join(directory, String(started + index));
        const pid = await liveAndDie(place, PHASES[index % PHASES.length] ?? 'pull');
        // Of each life the last round and the one before it, where it got that far.
        const rounds = namesIn(place)
          .map(Number)
          .sort((a, b) => b - a)
          .slice(0, 2);
        for (const round of rounds) {
          await checkStore(join(place, String(round)));
          await checkRepository(`copy-${pid}-${round}`);
        }
        rmSync(place, { recursive: true, force: true });
      });
      await Promise.all(batch);
    }
    expect(seen.kills).toBe(KILLS);
  });
});
