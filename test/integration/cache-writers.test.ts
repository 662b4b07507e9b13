import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localCache, recordSeal, type CacheKey, type StepRecord } from '../../src/cache/index.ts';
import { readBlob } from '../../src/content/index.ts';

const KILLS = Number(process.env['CACHE_KILLS'] ?? 40);
const sources = resolve(import.meta.dirname, '../../src');
let directory: string;
let program: string;

/** A process that saves record after record until it is killed, and says which it has saved. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cache-writers-'));
  program = join(directory, 'writer.ts');
  writeFileSync(
    program,
    `import { keyOf, keyPart, localCache, recordSeal } from '${sources}/cache/index.ts';
import { memoryStore } from '${sources}/content/index.ts';
const blobs = memoryStore();
const cache = localCache(process.argv[2], recordSeal());
for (let number = 0; ; number++) {
  const ingest = blobs.begin();
  ingest.write(Buffer.alloc(200_000, String(number % 50)));
  const { digest, size } = await ingest.commit();
  const parts = [keyPart('number', number % 50)];
  const layer = { descriptor: { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size }, diffId: digest };
  const record = { kind: 'step', key: keyOf(parts), parts, created: Date.now(), step: 's', time: 1, cost: 1, layer };
  await cache.save([record], blobs, new AbortController().signal);
  process.stdout.write(record.key + '\\n');
}
`,
  );
});
afterAll(() => rmSync(directory, { recursive: true }));

it(`writers that are killed ${KILLS} times leave nothing damaged`, async () => {
  const place = join(directory, 'cache');
  const saved = new Set<CacheKey>();
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [program, place], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((done) => child.once('exit', done));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    while (text === '') await new Promise((done) => setTimeout(done, 2));
    await new Promise((done) => setTimeout(done, Math.random() * 20));
    child.kill('SIGKILL');
    await ended;
    for (const line of text.split('\n').slice(0, -1)) saved.add(line as CacheKey);
  }
  const { signal } = new AbortController();
  const cache = localCache(place, recordSeal());
  const found = await cache.lookup([...saved], signal);
  expect(found.size).toBe(saved.size);
  for (const record of found.values()) {
    const { layer } = record as StepRecord;
    if (layer === undefined) throw new Error('a layer was saved');
    expect((await readBlob(cache, layer.descriptor, 1_000_000)).length).toBe(200_000);
  }
}, 600_000);
