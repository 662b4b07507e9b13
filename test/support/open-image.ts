import { toText } from '../../src/bytes/index.ts';
import type { BlobSource } from '../../src/content/index.ts';
import type { Image } from '../../src/image/index.ts';
import { applyLayer } from '../../src/layer/index.ts';
import { layerCompression } from '../../src/oci/index.ts';
import type { TarEntry } from '../../src/tar/index.ts';

export interface FoundFile extends TarEntry {
  readonly text: string;
}

/** An image with the files of its layers. */
export interface OpenedImage {
  readonly image: Image;
  /** The names in each layer, in order, as they stand there. */
  readonly layers: readonly (readonly string[])[];
  /** Every file of the image by absolute path. */
  readonly files: ReadonlyMap<string, FoundFile>;
  /** The text of a file. Throws where there is none. */
  read(path: string): string;
  /** `type mode uid:gid` of a file; undefined where there is none. */
  stat(path: string): string | undefined;
}

/** Reads all layers into memory. */
export async function openImage(image: Image, blobs: BlobSource): Promise<OpenedImage> {
  const files = new Map<string, FoundFile>();
  const layers: string[][] = [];
  for (const { descriptor, diffId } of image.layers) {
    const found: FoundFile[] = [];
    let [entry, chunks]: [TarEntry | undefined, Buffer[]] = [undefined, []];
    await applyLayer(blobs.open(descriptor), layerCompression(descriptor.mediaType) ?? 'none', diffId, {
      entry: (next) => ([entry, chunks] = [next, []]),
      data: (chunk) => void chunks.push(Buffer.from(chunk)),
      end: () => {
        if (entry !== undefined) found.push({ ...entry, text: Buffer.concat(chunks).toString('utf8') });
      },
    });
    layers.push(found.map(({ path }) => toText(path)));
    for (const file of found) merge(files, file);
  }
  return {
    image,
    layers,
    files,
    read: (path) => {
      const file = files.get(path);
      if (file === undefined) throw new Error(`no ${path} among ${[...files.keys()].join(' ')}`);
      return file.type === 'hardlink' ? (files.get(`/${toText(file.linkname)}`)?.text ?? '') : file.text;
    },
    stat: (path) => {
      const file = files.get(path);
      return file && `${file.type} ${file.mode.toString(8)} ${file.uid}:${file.gid}`;
    },
  };
}

function merge(files: Map<string, FoundFile>, file: FoundFile): void {
  const path = `/${toText(file.path)}`.replace(/\/$/, '');
  const [, parent = '', name = ''] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
  if (!name.startsWith('.wh.')) return void files.set(path, file);
  const removed = name === '.wh..wh..opq' ? parent : `${parent}/${name.slice(4)}`;
  for (const key of files.keys())
    if (key.startsWith(`${removed}/`) || (key === removed && name !== '.wh..wh..opq')) files.delete(key);
}
