import { memoryStore, type IngestStore } from '../../../src/content/index.ts';
import { GithubCache, keyOf, keyPart, recordSeal, type StepRecord } from '../../../src/cache/index.ts';
import { createHttpClient, realWaiting, type HttpClient, type Waiting } from '../../../src/http/index.ts';
import { digestOf, type Descriptor } from '../../../src/oci/index.ts';
import { runtimeToken, type TokenRefs } from './token.ts';
import { type GithubCache as Fake } from './start-github-cache.ts';

const MAIN: TokenRefs = { own: 'refs/heads/main' };

/** Caches as jobs of a repository open them, each on a machine of its own. */
export interface Jobs {
  open(
    refs?: TokenRefs,
    options?: { readonly scope?: string; readonly access?: 'read' | 'write' },
  ): GithubCache;
  close(): Promise<void>;
}

export function jobsOf(fake: Pick<Fake, 'url'>, waiting: Waiting = impatient()): Jobs {
  const clients: HttpClient[] = [];
  return {
    open: (refs = MAIN, { scope = 'app', access = 'write' } = {}) => {
      const http = createHttpClient({ env: {} });
      clients.push(http);
      return new GithubCache({
        http,
        waiting,
        url: fake.url,
        token: runtimeToken(refs),
        access: { reads: true, writes: access === 'write' },
        scope,
        seal: recordSeal(),
      });
    },
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
  };
}

/** Pauses of a hundredth, by a clock that knows nothing of it. */
export function impatient(): Waiting & { readonly pauses: number[] } {
  const pauses: number[] = [];
  let skipped = 0;
  return {
    pauses,
    random: () => 0.5,
    now: () => Date.now() + skipped,
    sleep: async (milliseconds, signal) => {
      pauses.push(milliseconds);
      skipped += milliseconds * 0.99;
      await realWaiting.sleep(milliseconds / 100, signal);
    },
  };
}

export interface Step {
  readonly record: StepRecord;
  readonly bytes: Buffer;
}

/** A step of a build with a layer of these bytes. */
export function stepOf(name: string, bytes: Buffer, created = 1): Step {
  const parts = [keyPart('instruction', name)];
  const descriptor: Descriptor = {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    digest: digestOf(bytes),
    size: bytes.length,
  };
  const layer = { descriptor, diffId: descriptor.digest };
  const record = {
    kind: 'step',
    key: keyOf(parts),
    parts,
    created,
    step: name,
    layer,
    time: 0,
    cost: 1,
  } as const;
  return { record, bytes };
}

/** A store with the layers of these steps. */
export async function storeOf(...steps: readonly Step[]): Promise<IngestStore> {
  const store = memoryStore();
  for (const { record, bytes } of steps)
    if (record.layer !== undefined) await store.put(record.layer.descriptor, chunks(bytes));
  return store;
}

export async function save(cache: GithubCache, ...steps: readonly Step[]) {
  return cache.save(
    steps.map(({ record }) => record),
    await storeOf(...steps),
    new AbortController().signal,
  );
}

/** The bytes of a step's layer out of a cache; undefined for a miss. */
export async function restore(cache: GithubCache, { record }: Step): Promise<Buffer | undefined> {
  const { signal } = new AbortController();
  const found = (await cache.lookup([record.key], signal)).get(record.key);
  if (found?.kind !== 'step' || found.layer === undefined) return undefined;
  const parts: Uint8Array[] = [];
  for await (const chunk of cache.open(found.layer.descriptor, signal)) parts.push(chunk);
  return Buffer.concat(parts);
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536)
    yield await Promise.resolve(bytes.subarray(at, at + 65_536));
}
