import { resolve } from 'node:path';
import {
  keyOf,
  keyPart,
  localCache,
  recordSeal,
  registryCache,
  type CacheStore,
  type StepRecord,
} from '../../src/cache/index.ts';
import { memoryStore } from '../../src/content/index.ts';
import { mediaTypes } from '../../src/oci/index.ts';
import { openSession } from './registry-session.ts';

const DIFFERENT = 50;

/** The cache at an absolute directory, or in a repository. */
export function openWrittenCache(place: string): {
  readonly cache: CacheStore;
  close(): void | Promise<void>;
} {
  if (place.startsWith('/')) return { cache: localCache(place, recordSeal()), close: () => undefined };
  const session = openSession();
  const reader = session.repository(place, 'pull');
  const writer = session.repository(place, 'push');
  const options = { scope: 'main', seal: recordSeal(), mountFrom: () => [] };
  return { cache: registryCache({ reader, writer, ...options }), close: () => session.close() };
}

/** Saves record after record until it is killed, and says which it has saved. */
async function write(place: string): Promise<void> {
  const { signal } = new AbortController();
  const blobs = memoryStore();
  const { cache } = openWrittenCache(place);
  process.stdout.write('ready\n');
  for (let number = Math.floor(Math.random() * DIFFERENT); ; number = (number + 1) % DIFFERENT) {
    const ingest = blobs.begin();
    ingest.write(Buffer.alloc(200_000, String(number)));
    const { digest, size } = await ingest.commit();
    const parts = [keyPart('number', number)];
    const layer = { descriptor: { mediaType: mediaTypes.OCI_LAYER, digest, size }, diffId: digest };
    const common = { key: keyOf(parts), parts, created: Date.now(), step: 's', time: 1, cost: 1 };
    const record: StepRecord = { kind: 'step', ...common, layer };
    const { faults } = await cache.save([record], blobs, signal);
    if (faults.length > 0) throw new Error(faults.join('; '));
    process.stdout.write(`${record.key}\n`);
  }
}

const [, program, place] = process.argv;
if (place !== undefined && program !== undefined && resolve(program) === import.meta.filename)
  await write(place);
