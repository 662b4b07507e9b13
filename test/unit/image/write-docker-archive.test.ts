import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, type IngestStore } from '../../../src/content/index.ts';
import { assembleImage, writeDockerArchive, type Image } from '../../../src/image/index.ts';
import { digestHex, digestOf, mediaTypes } from '../../../src/oci/index.ts';
import { TarParser } from '../../../src/tar/index.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';

let directory: string;
let from: IngestStore;
let image: Image;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'archive-'));
  from = memoryStore();
  const layers = [
    await addLayer(from, 'a', 'a', 'gzip'),
    await addLayer(from, 'b', 'b', 'none'),
    await addLayer(from, 'c', 'c', 'zstd'),
  ];
  image = assembleImage({ config: configOf(4), layers: [...layers, ...layers.slice(0, 1)] });
});
afterEach(() => rmSync(directory, { recursive: true }));

function members(bytes: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  let [path, chunks]: [string, Buffer[]] = ['', []];
  const parser = new TarParser({
    entry: (entry) => void ([path, chunks] = [entry.path, []]),
    data: (chunk) => void chunks.push(Buffer.from(chunk)),
    end: () => void found.set(path, Buffer.concat(chunks)),
  });
  parser.write(bytes);
  parser.finish();
  return found;
}

describe('writeDockerArchive', () => {
  it('holds config, each layer once, and a manifest that names them', async () => {
    const file = join(directory, 'image.tar');
    await writeDockerArchive(image, from, file, { tags: ['docker.io/library/app:1', 'r.example/app:2'] });
    const found = members(readFileSync(file));
    const config = `${digestHex(image.manifest.config.digest)}.json`;
    expect(found.get(config)).toEqual(image.configBytes);
    const hexes = image.layers.map(({ descriptor }) => digestHex(descriptor.digest));
    const layers = [`${hexes[0]}.tar.gz`, `${hexes[1]}.tar`, `${hexes[2]}.tar.zst`];
    expect([...found.keys()]).toEqual([config, ...layers, 'manifest.json']);
    expect(JSON.parse(String(found.get('manifest.json')))).toEqual([
      {
        Config: config,
        RepoTags: ['docker.io/library/app:1', 'r.example/app:2'],
        Layers: [...layers, layers[0]],
      },
    ]);
    for (const [index, name] of layers.entries())
      expect(digestOf(found.get(name) ?? '')).toBe(image.layers[index]?.descriptor.digest);
    expect(image.layers.map(({ descriptor }) => descriptor.mediaType)).toContain(mediaTypes.OCI_LAYER_ZSTD);
  });

  it('gives the same file for the same image', async () => {
    for (const name of ['1', '2'])
      await writeDockerArchive(image, from, join(directory, name), { tags: ['a:1'] });
    expect(readFileSync(join(directory, '1')).equals(readFileSync(join(directory, '2')))).toBe(true);
  });

  it('leaves the old file and nothing else where a layer is missing', async () => {
    const file = join(directory, 'image.tar');
    writeFileSync(file, 'old');
    await expect(writeDockerArchive(image, memoryStore(), file, { tags: [] })).rejects.toMatchObject({
      code: 'CONTENT',
    });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(directory)).toEqual(['image.tar']);
  });

  it('says where it cannot write', async () => {
    writeFileSync(join(directory, 'file'), '');
    const write = writeDockerArchive(image, from, join(directory, 'file', 'image.tar'), { tags: [] });
    await expect(write).rejects.toMatchObject({ code: 'FILESYSTEM' });
  });
});
