import { existsSync, lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { digestHex, isDigest, type Digest } from '../oci/index.ts';
import type { CacheContents, CacheKeeper, StoredBlob } from './contents.ts';
import { namesIn } from './names-in.ts';
import { leadsElsewhere } from './own-files.ts';
import { RecordFiles } from './record-files.ts';
import type { RecordSeal } from './seal.ts';

const BLOBS = 'blobs/sha256';
const DIGESTS = /sha256:[a-f0-9]{64}/g;

/**
 * A directory's cache as people see it. Blobs that records of other writers name are no loose ones: digests are found in
 * whatever lies among the records, whoever signed it.
 */
export function localKeeper(directory: string, seal: RecordSeal): CacheKeeper {
  const files = new RecordFiles(directory, seal);
  const folder = join(directory, BLOBS);
  return {
    removesBlobs: true,
    contents: (signal) => {
      signal.throwIfAborted();
      return Promise.resolve(contentsOf(files, folder, seal));
    },
    open: (blob, signal) => {
      if (!existsSync(folder)) throw new BuildError('CONTENT', `${blob.digest} is not there`);
      return new DirectoryStore(directory).open({ ...blob, mediaType: '' }, signal);
    },
    drop: ({ keys, unreadable, blobs }, signal) => {
      signal.throwIfAborted();
      // Records first: none is ever seen without its blobs.
      for (const name of [...keys, ...unreadable]) files.remove(name);
      files.forgetSteps();
      if (leadsElsewhere(directory, BLOBS)) return Promise.resolve();
      for (const digest of blobs) rmSync(join(folder, digestHex(digest)), { force: true });
      return Promise.resolve();
    },
  };
}

function contentsOf(files: RecordFiles, folder: string, seal: RecordSeal): CacheContents {
  const all = [...files.all()];
  const named = new Set(all.flatMap(({ text = '' }) => text.match(DIGESTS) ?? []));
  return {
    records: all.flatMap(({ record, used }) => (record === undefined ? [] : [{ record, used }])),
    unreadable: all.flatMap(({ record, name, text }) =>
      record !== undefined
        ? []
        : [{ name, reason: text !== undefined && seal.isForeign(text) ? 'foreign' : 'damaged' }],
    ),
    loose: blobsIn(folder).filter(({ digest }) => !named.has(digest)),
    faults: [],
  };
}

function blobsIn(folder: string): StoredBlob[] {
  return namesIn(folder).flatMap((name) => {
    const digest = `sha256:${name}`;
    const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (!isDigest(digest) || stat?.isFile() !== true) return [];
    return [{ digest: digest satisfies Digest, size: stat.size, used: stat.mtimeMs }];
  });
}
