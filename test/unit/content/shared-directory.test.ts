import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryStore, readBlob } from '../../../src/content/index.ts';
import { runSync } from '../../../src/process/index.ts';
import { digestOf, type Descriptor, type Digest } from '../../../src/oci/index.ts';

let directory: string;
let store: DirectoryStore;
const blob: Descriptor = { mediaType: '', digest: digestOf('right'), size: 5 };

async function* content(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('right');
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'shared-'));
  store = new DirectoryStore(directory);
  await store.put(blob, content());
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Somebody with access to the directory interferes. */
describe('a blob that was changed where it lies', () => {
  it('is found out when read, and repaired by put where its size tells', async () => {
    writeFileSync(store.pathOf(blob.digest), 'wrong');
    await expect(readBlob(store, blob, 5)).rejects.toMatchObject({ code: 'CONTENT' });
    truncateSync(store.pathOf(blob.digest), 3);
    expect(await store.has(blob)).toBe(false);
    await expect(readBlob(store, blob, 5)).rejects.toMatchObject({ code: 'CONTENT' });
    await store.put(blob, content());
    expect((await readBlob(store, blob, 5)).toString()).toBe('right');
  });

  it('is not read through a symbolic link', async () => {
    const elsewhere = join(directory, 'elsewhere');
    renameSync(store.pathOf(blob.digest), elsewhere);
    symlinkSync(elsewhere, store.pathOf(blob.digest));
    expect(await store.has(blob)).toBe(false);
    await expect(readBlob(store, blob, 5)).rejects.toMatchObject({ code: 'FILESYSTEM' });
  });

  it('does not make the reader wait for a fifo', async () => {
    rmSync(store.pathOf(blob.digest));
    expect(runSync('mkfifo', [store.pathOf(blob.digest)]).status).toBe(0);
    await expect(readBlob(store, blob, 5)).rejects.toMatchObject({ code: 'FILESYSTEM' });
  });

  it('is replaced, not written through, where a link waits at its name', async () => {
    const victim = join(directory, 'victim');
    writeFileSync(victim, 'untouched');
    rmSync(store.pathOf(blob.digest));
    symlinkSync(victim, store.pathOf(blob.digest));
    await store.put(blob, content());
    expect((await readBlob(store, blob, 5)).toString()).toBe('right');
    expect(runSync('cat', [victim]).stdout).toBe('untouched');
  });
});

describe('the directory itself', () => {
  it('is refused where a part of it is a link', () => {
    const other = join(directory, 'other');
    mkdirSync(join(directory, 'real/sha256'), { recursive: true });
    mkdirSync(other);
    symlinkSync(join(directory, 'real'), join(other, 'blobs'));
    expect(() => new DirectoryStore(other)).toThrow(expect.objectContaining({ code: 'FILESYSTEM' }));
  });

  it('has no place for what is not a digest', () => {
    expect(() => store.pathOf('sha256:../../etc/passwd' as Digest)).toThrow(
      expect.objectContaining({ code: 'CONTENT' }),
    );
  });
});
