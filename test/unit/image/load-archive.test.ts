import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, type IngestStore } from '../../../src/content/index.ts';
import {
  assembleImage,
  loadArchive,
  writeDockerArchive,
  writeOciArchive,
  type Image,
} from '../../../src/image/index.ts';
import { digestOf } from '../../../src/oci/index.ts';
import { tarStream, type TarMember } from '../../../src/tar/index.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';
import { failure } from '../../support/planning.ts';
import { chunksOf, collect, file, member } from '../layer/fixtures.ts';

let blobs: IngestStore;
let image: Image;
beforeEach(async () => {
  blobs = memoryStore();
  const layers = [await addLayer(blobs, 'a', 'a', 'gzip'), await addLayer(blobs, 'b', 'b', 'none')];
  image = assembleImage({ config: configOf(2), layers });
});

async function written(write: (to: (chunk: Uint8Array) => void) => Promise<void>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await write((chunk) => void chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

const docker = (): Promise<Buffer> =>
  written((to) => writeDockerArchive(image, blobs, to, { tags: ['a:1'] }));
const load = (bytes: Buffer, store = memoryStore()) => loadArchive(chunksOf(bytes, 1000), store);
const archive = (...members: readonly TarMember[]): Promise<Buffer> => collect(tarStream(members));
const json = (name: string, value: unknown): TarMember => file(name, JSON.stringify(value));

describe('loadArchive', () => {
  it('gives back the image of a Docker archive, compressed or not', async () => {
    for (const bytes of [await docker(), gzipSync(await docker())])
      expect(await load(bytes)).toEqual({ kind: 'docker', image, tags: ['a:1'] });
  });

  it('keeps a config to the byte, whoever wrote it', async () => {
    const config = `{ "rootfs": {"type":"layers","diff_ids":[]}, "os":"linux", "architecture":"arm64" }\n`;
    const manifest = [{ Config: 'c.json', Layers: [] }];
    const loaded = await load(await archive(file('c.json', config), json('manifest.json', manifest)));
    expect(loaded).toMatchObject({
      kind: 'docker',
      tags: [],
      image: { manifest: { config: { digest: digestOf(config) } } },
    });
  });

  it('follows links between layers, as docker save once wrote them', async () => {
    const tar = await archive(file('f', 'text'));
    const config = { rootfs: { type: 'layers', diff_ids: [digestOf(tar), digestOf(tar)] } };
    const layer = member('1/layer.tar', { size: tar.length, content: { kind: 'bytes', bytes: tar } });
    const manifest = [{ Config: 'c', Layers: ['1/layer.tar', '2/layer.tar'] }];
    const link = member('2/layer.tar -> ../1/layer.tar');
    const loaded = await load(await archive(json('c', config), layer, link, json('manifest.json', manifest)));
    const digests =
      loaded.kind === 'docker' ? loaded.image.layers.map(({ descriptor }) => descriptor.digest) : [];
    expect(digests).toEqual([digestOf(tar), digestOf(tar)]);
  });

  it('gives back the index of a layout, and its blobs', async () => {
    const bytes = await written((to) => writeOciArchive({ images: [image] }, blobs, to, { tags: ['a:1'] }));
    expect(
      bytes.equals(await written((to) => writeOciArchive({ images: [image] }, blobs, to, { tags: ['a:1'] }))),
    ).toBe(true);
    const store = memoryStore();
    const loaded = await load(bytes, store);
    expect(loaded.kind === 'oci' && loaded.index.toString('utf8')).toContain(image.descriptor.digest);
    for (const descriptor of [image.descriptor, ...image.manifest.layers])
      expect(await store.has(descriptor)).toBe(true);
  });

  const entry = { Config: 'c', Layers: ['l'] };
  const config = json('c', { rootfs: { type: 'layers', diff_ids: [] } });
  it.each<[string, readonly TarMember[], string]>([
    ['is neither', [file('x', 'x')], 'IMAGE'],
    ['holds several images', [json('manifest.json', [entry, entry])], 'IMAGE'],
    ['holds none', [json('manifest.json', [])], 'IMAGE'],
    ['lacks its config', [json('manifest.json', [entry])], 'IMAGE'],
    ['has other layers than its config', [config, json('manifest.json', [entry])], 'IMAGE'],
    ['has no sound manifest', [json('manifest.json', { a: 1 })], 'IMAGE'],
    ['names what leads out of it', [json('manifest.json', [{ ...entry, Config: '/etc/passwd' }])], 'IMAGE'],
  ])('refuses what %s', async (_, members, code) => {
    expect(await failure(load(await archive(...members)))).toMatchObject({ code });
  });

  it('refuses what is cut off', async () => {
    const bytes = await docker();
    expect(await failure(load(bytes.subarray(0, 900)))).toMatchObject({ code: 'ARCHIVE' });
  });
});
