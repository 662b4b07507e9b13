import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheKey, CacheStore, StepRecord } from '../../src/cache/index.ts';
import { readBlob } from '../../src/content/index.ts';
import { openWrittenCache } from '../support/cache-writer.ts';
import { missingProgram, startDockerRegistry } from '../support/docker-registry.ts';

/** How many writers are killed for each kind of store; our promise is made for 200. */
const KILLS = Number(process.env['CACHE_KILLS'] ?? 40);
const program = resolve(import.meta.dirname, '../support/cache-writer.ts');
const { signal } = new AbortController();

let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'cache-writers-'))));
afterAll(() => rmSync(directory, { recursive: true }));

/** Starts a writer and kills it at some moment within so many milliseconds; the keys it said it had saved. */
async function killedWriter(place: string, withinMs: number): Promise<readonly CacheKey[]> {
  const child = spawn(process.execPath, [program, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.once('exit', done));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  while (text === '') await new Promise((done) => setTimeout(done, 2));
  await new Promise((done) => setTimeout(done, Math.random() * withinMs));
  child.kill('SIGKILL');
  await ended;
  return text.split('\n').slice(1, -1) as CacheKey[];
}

/** Reads all of these records and their layers. */
async function readAll(cache: CacheStore, keys: readonly CacheKey[]): Promise<void> {
  const found = await cache.lookup(keys, signal);
  expect(found.size).toBe(keys.length);
  for (const record of found.values()) {
    const { layer } = record as StepRecord;
    if (layer === undefined) throw new Error('a layer was saved');
    expect((await readBlob(cache, layer.descriptor, 1_000_000)).length).toBe(200_000);
  }
}

/** After every kill another process reads, and at the end everything that was ever saved. */
async function killWriters(place: string, withinMs: number): Promise<void> {
  const saved = new Set<CacheKey>();
  for (let kill = 0; kill < KILLS; kill++) {
    const keys = await killedWriter(place, withinMs);
    for (const key of keys) saved.add(key);
    const { cache, close } = openWrittenCache(place);
    await readAll(cache, keys).finally(close);
  }
  expect(saved.size).toBeGreaterThan(0);
  const { cache, close } = openWrittenCache(place);
  await readAll(cache, [...saved]).finally(close);
  expect(await cache.save([], cache, signal)).toMatchObject({ faults: [] });
}

describe(`writers that are killed ${KILLS} times leave nothing damaged`, () => {
  it('in a directory', () => killWriters(join(directory, 'cache'), 60), 3_600_000);

  it.skipIf(missingProgram(['docker-registry', 'openssl']) !== undefined)(
    "in a repository of distribution's registry",
    async () => {
      const registry = await startDockerRegistry();
      await killWriters(`${registry.host}/app/cache`, 600).finally(() => registry.close());
    },
    3_600_000,
  );
});
