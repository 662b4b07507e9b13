import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  copyBlob,
  DirectoryStore,
  memoryStore,
  readBlob,
  type IngestStore,
} from '../../../src/content/index.ts';
import { digestOf, type Descriptor } from '../../../src/oci/index.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'stores-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const describeBytes = (bytes: string | Uint8Array): Descriptor => ({
  mediaType: 'application/octet-stream',
  digest: digestOf(bytes),
  size: Buffer.from(bytes).length,
});

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const kinds: [string, () => IngestStore][] = [
  ['directory', () => new DirectoryStore(directory)],
  ['durable directory', () => new DirectoryStore(directory, { durable: true })],
  ['memory', () => memoryStore()],
];

describe.each(kinds)('%s store', (_name, create) => {
  const hello = describeBytes('hello world');

  it('gives back what was put, and knows what it has', async () => {
    const store = create();
    expect(await store.has(hello)).toBe(false);
    await store.put(hello, chunksOf('hello', ' world'));
    expect(await store.has(hello)).toBe(true);
    expect(await store.has({ ...hello, size: 12 })).toBe(false);
    expect((await readBlob(store, hello, 11)).toString()).toBe('hello world');
  });

  it('holds the empty blob', async () => {
    const store = create();
    const empty = describeBytes('');
    await store.put(empty, chunksOf());
    expect(await store.has(empty)).toBe(true);
    expect((await readBlob(store, empty, 0)).length).toBe(0);
  });

  it('stores nothing where content does not match or breaks off', async () => {
    const store = create();
    await expect(store.put(hello, chunksOf('hello', ' worle'))).rejects.toMatchObject({ code: 'CONTENT' });
    await expect(store.put(hello, chunksOf('hello'))).rejects.toMatchObject({ code: 'CONTENT' });
    await expect(store.put(hello, chunksOf('hello world', '!'))).rejects.toMatchObject({ code: 'CONTENT' });
    const failing = (async function* () {
      yield Buffer.from('hello');
      throw new Error('torn');
    })();
    await expect(store.put(hello, failing)).rejects.toThrow('torn');
    expect(await store.has(hello)).toBe(false);
    await expect(readBlob(store, hello, 100)).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('takes blobs of unknown digest', async () => {
    const store = create();
    const ingest = store.begin();
    const chunk = Buffer.from('hello');
    ingest.write(chunk);
    chunk.fill('x'); // the caller's again
    ingest.write(Buffer.from(' world'));
    expect(await ingest.commit()).toEqual({ digest: hello.digest, size: 11 });
    ingest.abort(); // harmless
    expect((await readBlob(store, hello, 11)).toString()).toBe('hello world');
    const dropped = store.begin();
    dropped.write(Buffer.from('dropped'));
    dropped.abort();
    expect(await store.has(describeBytes('dropped'))).toBe(false);
  });

  it('stops when the signal is aborted', async () => {
    const store = create();
    const stop = new AbortController();
    const content = (async function* () {
      yield Buffer.from('hello');
      stop.abort();
      yield Buffer.from(' world');
    })();
    await expect(store.put(hello, content, stop.signal)).rejects.toThrow();
    expect(await store.has(hello)).toBe(false);
  });
});

describe('DirectoryStore', () => {
  it('leaves no other files than blobs', async () => {
    const store = new DirectoryStore(directory);
    const blob = describeBytes('x');
    await store.put(blob, chunksOf('x'));
    await expect(store.put(describeBytes('y'), chunksOf('z'))).rejects.toThrow();
    store.begin().abort();
    expect(readdirSync(join(directory, 'blobs/sha256'))).toEqual([blob.digest.slice(7)]);
    expect(readFileSync(store.pathOf(blob.digest), 'utf8')).toBe('x');
  });

  it('does not read the content of a blob it has', async () => {
    const store = new DirectoryStore(directory);
    const blob = describeBytes('x');
    await store.put(blob, chunksOf('x'));
    let asked = false;
    const content = (async function* () {
      asked = true;
      yield Buffer.from('x');
    })();
    await store.put(blob, content);
    expect(asked).toBe(false);
  });

  it('takes the same blob from two writers at once', async () => {
    const blob = describeBytes('ab');
    const stores = [new DirectoryStore(directory), new DirectoryStore(directory)];
    await Promise.all(stores.map((store) => store.put(blob, chunksOf('a', 'b'))));
    for (const store of stores) expect((await readBlob(store, blob, 2)).toString()).toBe('ab');
    expect(readdirSync(join(directory, 'blobs/sha256'))).toEqual([blob.digest.slice(7)]);
  });

  it('reads large blobs in pieces that stay as they were given', async () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024 + 17, 'pattern of an odd length');
    const store = new DirectoryStore(directory);
    const ingest = store.begin();
    ingest.write(bytes);
    const { digest, size } = await ingest.commit();
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.open({ mediaType: '', digest, size })) chunks.push(chunk);
    expect(chunks.length).toBeGreaterThan(3);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('closes its file when the reader stops early', async () => {
    const store = new DirectoryStore(directory);
    const ingest = store.begin();
    ingest.write(Buffer.alloc(2 * 1024 * 1024));
    const { digest, size } = await ingest.commit();
    for await (const chunk of store.open({ mediaType: '', digest, size })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    const open = readdirSync('/proc/self/fd').map((fd) => linkOf(fd));
    expect(open).not.toContain(store.pathOf(digest));
  });
});

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

describe('readBlob and copyBlob', () => {
  it('reads up to the limit and not beyond', async () => {
    const store = memoryStore();
    const blob = describeBytes('12345');
    await store.put(blob, chunksOf('12345'));
    expect((await readBlob(store, blob, 5)).toString()).toBe('12345');
    await expect(readBlob(store, blob, 4)).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('checks a source that does not check itself', async () => {
    const lying = { open: () => chunksOf('54321') };
    await expect(readBlob(lying, describeBytes('12345'), 5)).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('copies once and counts the bytes that moved', async () => {
    const [from, to] = [memoryStore(), memoryStore()];
    const blob = describeBytes('12345');
    await from.put(blob, chunksOf('12345'));
    let moved = 0;
    const onBytes = (bytes: number): void => void (moved += bytes);
    expect(await copyBlob(from, to, blob, { onBytes })).toBe('copied');
    expect(await copyBlob(from, to, blob, { onBytes })).toBe('present');
    expect(moved).toBe(5);
  });
});
