import { beforeEach, describe, expect, it } from 'vitest';
import { layerListings, type KeptListings } from '../../../../src/build/cache/layer-listings.ts';
import type { LayerCache } from '../../../../src/build/index.ts';
import type { BytePath } from '../../../../src/bytes/index.ts';
import { blobsOf, RecordIndex } from '../../../../src/cache/index.ts';
import { memoryStore, type LocalBlobStore } from '../../../../src/content/index.ts';
import { ListingWriter, readListing } from '../../../../src/layer/index.ts';
import { digestOf, mediaTypes, type Descriptor, type Digest } from '../../../../src/oci/index.ts';
import { NO_XATTRS } from '../../../../src/tar/index.ts';

let index: RecordIndex;
let store: LocalBlobStore;
let fetched: Digest[];
beforeEach(() => {
  index = new RecordIndex();
  const blobs = memoryStore();
  store = { ...blobs, begin: () => blobs.begin(), pathOf: () => '' };
  fetched = [];
});

/** The listings of one build after another, all with one cache. */
function build(): KeptListings {
  const cache: LayerCache = {
    keeps: true,
    keep: (record) => void index.add(record),
    lookup: (keys) => Promise.resolve(index.pick(keys)),
    fetch: ({ digest }) => Promise.resolve(void fetched.push(digest)),
    outdated: () => undefined,
  };
  let time = index.records().length;
  return layerListings(cache, store, () => time++);
}

function layer(name: string): { readonly descriptor: Descriptor; readonly diffId: Digest } {
  return {
    descriptor: { mediaType: mediaTypes.OCI_LAYER_GZIP, digest: digestOf(`blob ${name}`), size: 1 },
    diffId: digestOf(name),
  };
}

/** What takes down a layer with these files. */
function listing(...names: string[]): ListingWriter {
  const writer = new ListingWriter();
  for (const name of names) {
    const path = name as BytePath;
    const row = { path, type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, mtimeNs: 0n } as const;
    const rest = { linkname: '' as BytePath, devMajor: 0, devMinor: 0, xattrs: NO_XATTRS };
    writer.entry({ ...row, ...rest });
    writer.end();
  }
  return writer;
}

async function keep(names: readonly string[]): Promise<void> {
  const listings = build();
  for (const name of names) await listings.keep(layer(name), listing(`${name}.txt`));
  await listings.flush();
}

/** The paths that the listings of these layers tell. */
async function found(listings: KeptListings, names: readonly string[]): Promise<string[] | undefined> {
  const paths: string[] = [];
  const handler = {
    entry: ({ path }: { path: string }) => void paths.push(path),
    data: () => undefined,
    end: () => undefined,
  };
  const listed = await listings.find(names.map(layer));
  for (const bytes of listed ?? []) readListing(bytes).give(handler);
  return listed && paths;
}

const blobs = (): number =>
  new Set(index.records().flatMap((record) => blobsOf(record).map((b) => b.digest))).size;

describe('listings of layers', () => {
  it('of one build lie in one blob, which is fetched once for all of them', async () => {
    await keep(['a', 'b', 'c']);
    expect(blobs()).toBe(1);
    expect(await found(build(), ['c', 'a'])).toEqual(['c.txt', 'a.txt']);
    expect(fetched).toHaveLength(1);
  });

  it('are kept once, whoever comes by', async () => {
    await keep(['a']);
    const later = build();
    expect(await later.writer(layer('a').diffId)).toBeUndefined();
    expect(await later.writer(layer('b').diffId)).toBeDefined();
  });

  it('that lie in many blobs are put together for the next build', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await keep([name]);
    const reader = build();
    expect(await found(reader, names)).toEqual(names.map((name) => `${name}.txt`));
    expect(fetched).toHaveLength(names.length);
    await reader.flush();
    fetched.length = 0;
    expect(await found(build(), names)).toEqual(names.map((name) => `${name}.txt`));
    expect(fetched).toHaveLength(1);
  });

  it('are none where one of them is missing, or lies where nothing is', async () => {
    await keep(['a']);
    expect(await found(build(), ['a', 'b'])).toBeUndefined();
    const [record] = index.records();
    if (record?.kind !== 'listing') throw new Error('a listing was to be');
    index.add({ ...record, created: record.created + 1, part: { offset: 1, length: record.listing.size } });
    expect(await found(build(), ['a'])).toBeUndefined();
  });
});
