import { beforeEach, describe, expect, it } from 'vitest';
import { readImage, type ManifestBytes } from '../../../src/image/index.ts';
import { mediaTypes, type Descriptor, type Platform } from '../../../src/oci/index.ts';
import { addBlob, addLayer, AMD64, memorySource, type MemorySource } from '../../support/image-parts.ts';

let source: MemorySource;
beforeEach(() => void (source = memorySource()));

interface ManifestChanges {
  readonly config?: unknown;
  readonly fields?: Record<string, unknown>;
  readonly platform?: Platform;
  readonly mediaType?: string;
  readonly configType?: string;
}

/** A one-layer image's manifest in the source. */
async function addImage(changes: ManifestChanges = {}): Promise<ManifestBytes> {
  const layer = await addLayer(source.store, 'file', 'content');
  const config = changes.config ?? {
    ...(changes.platform ?? AMD64),
    rootfs: { type: 'layers', diff_ids: [layer.diffId] },
  };
  const descriptor = await addBlob(
    source.store,
    Buffer.from(typeof config === 'string' ? config : JSON.stringify(config)),
    changes.configType ?? mediaTypes.DOCKER_CONFIG,
  );
  const mediaType = changes.mediaType ?? mediaTypes.DOCKER_MANIFEST;
  return source.addDocument(mediaType, {
    schemaVersion: 2,
    mediaType,
    config: descriptor,
    layers: [layer.descriptor],
    ...changes.fields,
  });
}

function addIndex(manifests: readonly Descriptor[], more: Record<string, unknown> = {}): ManifestBytes {
  return source.addDocument(mediaTypes.OCI_INDEX, { schemaVersion: 2, manifests, ...more });
}

const platform = (architecture: string, variant?: string): Platform =>
  variant === undefined ? { os: 'linux', architecture } : { os: 'linux', architecture, variant };

const read = (root: ManifestBytes, wanted: Platform = AMD64) => readImage(source, root, wanted);

describe('a plain manifest', () => {
  it('is read with its config, layers paired with their diff IDs', async () => {
    const root = await addImage();
    const image = await read(root);
    expect(image.descriptor).toEqual(root.descriptor);
    expect(image.manifestBytes).toEqual(root.bytes);
    expect(image.config.architecture).toBe('amd64');
    expect(image.layers).toEqual([
      { descriptor: image.manifest.layers[0], diffId: image.config.rootfs?.diff_ids?.[0] },
    ]);
    expect(source.asked).toEqual([]);
  });

  it('is taken whatever its platform, as docker does', async () => {
    expect((await read(await addImage({ platform: platform('arm64') }))).config.architecture).toBe('arm64');
  });

  it('may have a config with null fields and an Env without =', async () => {
    const { diffId } = await addLayer(source.store, 'file', 'content');
    const config = {
      architecture: 'amd64',
      os: 'linux',
      created: null,
      variant: null,
      config: { Env: ['A=1', 'NOTHING'], Cmd: null, Labels: null, Healthcheck: null, Volumes: { '/v': {} } },
      rootfs: { type: 'layers', diff_ids: [diffId] },
      history: [{ created: null, created_by: 'x', empty_layer: null }],
      'moby.buildkit.buildinfo.v1': 'kept',
    };
    const image = await read(await addImage({ config }));
    expect(image.config).toMatchObject({
      config: { Env: ['A=1', 'NOTHING'], Volumes: { '/v': {} } },
      history: [{ created_by: 'x' }],
      'moby.buildkit.buildinfo.v1': 'kept',
    });
    expect(image.config.config?.Cmd).toBeUndefined();
  });

  it.each(['application/octet-stream', mediaTypes.OCI_CONFIG])(
    'may have a config of type %s',
    async (type) => {
      expect((await read(await addImage({ configType: type }))).layers).toHaveLength(1);
    },
  );
});

describe('an index', () => {
  const child = (found: ManifestBytes, more: Partial<Descriptor> = {}): Descriptor => ({
    ...found.descriptor,
    ...more,
  });

  it('gives the child of the platform', async () => {
    const arm = await addImage({ platform: platform('arm64', 'v8') });
    const amd = await addImage();
    const root = addIndex([
      child(arm, { platform: platform('arm64', 'v8') }),
      child(amd, { platform: platform('amd64') }),
    ]);
    expect((await read(root)).descriptor.digest).toBe(amd.descriptor.digest);
    expect((await read(root, platform('arm64'))).descriptor.digest).toBe(arm.descriptor.digest);
  });

  it('gives the best variant, the first of equals', async () => {
    const variants = ['v5', 'v7', 'v6'];
    const images = await Promise.all(variants.map((v) => addImage({ platform: platform('arm', v) })));
    const root = addIndex(images.map((image, i) => child(image, { platform: platform('arm', variants[i]) })));
    expect((await read(root, platform('arm', 'v6'))).config.variant).toBe('v6');
    expect((await read(root, platform('arm', 'v7'))).config.variant).toBe('v7');
    await expect(read(root, platform('arm', 'v4'))).rejects.toMatchObject({ code: 'IMAGE' });
  });

  it('lists what it offers where nothing fits, attestations left out', async () => {
    const amd = await addImage();
    const attestation = await addImage({ platform: { os: 'unknown', architecture: 'unknown' } });
    const root = addIndex([
      child(amd, { platform: platform('amd64') }),
      child(amd, { platform: platform('arm', 'v7') }),
      child(attestation, { platform: { os: 'unknown', architecture: 'unknown' } }),
      child(attestation, { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } }),
    ]);
    await expect(read(root, platform('s390x'))).rejects.toMatchObject({
      code: 'IMAGE',
      message: 'the image has nothing for linux/s390x; platforms offered: linux/amd64, linux/arm/v7',
    });
    expect(source.asked).toEqual([]);
  });

  it('may leave platforms out: configs tell', async () => {
    const arm = await addImage({ platform: platform('arm64') });
    const amd = await addImage();
    const root = addIndex([child(arm), child(amd)]);
    expect((await read(root)).descriptor.digest).toBe(amd.descriptor.digest);
    await expect(read(root, platform('s390x'))).rejects.toMatchObject({
      message: expect.stringContaining('offered: linux/arm64, linux/amd64'),
    });
  });

  it('may hold indexes, four deep and no deeper', async () => {
    let root = await addImage();
    for (let depth = 1; depth <= 4; depth += 1) root = addIndex([child(root)]);
    expect((await read(root)).layers).toHaveLength(1);
    root = addIndex([child(root)]);
    await expect(read(root)).rejects.toMatchObject({
      code: 'IMAGE',
      message: expect.stringContaining('more than 4 deep'),
    });
  });

  it('makes nobody open any number of children', async () => {
    const arm = await addImage({ platform: platform('arm64') });
    const amd = await addImage();
    const many = (count: number): ManifestBytes =>
      addIndex([...Array.from({ length: count }, () => child(arm)), child(amd)]);
    expect((await read(many(15))).config.architecture).toBe('amd64');
    await expect(read(many(16))).rejects.toMatchObject({ message: expect.stringContaining('more than 16') });
  });

  it('does not take another document for a child', async () => {
    const amd = await addImage();
    source.replace(amd.descriptor.digest, Buffer.from(amd.bytes.toString().replace('2', '3')));
    const root = addIndex([child(amd, { platform: AMD64 })]);
    await expect(read(root)).rejects.toMatchObject({ code: 'CONTENT' });
  });
});

describe('what is refused', () => {
  const refusal = async (root: ManifestBytes | Promise<ManifestBytes>, text: string): Promise<void> => {
    await expect(read(await root)).rejects.toMatchObject({
      code: 'IMAGE',
      message: expect.stringContaining(text),
    });
  };

  it.each(['prettyjws', 'json'])('Docker schema 1 (%s), by name', (kind) =>
    refusal(
      source.addDocument(`application/vnd.docker.distribution.manifest.v1+${kind}`, { schemaVersion: 1 }),
      'schema 1',
    ),
  );

  it('schema 1 under another name', () =>
    refusal(source.addDocument(mediaTypes.DOCKER_MANIFEST, { schemaVersion: 1, fsLayers: [] }), 'schema 1'));

  it('a manifest that is an index too, and the other way round (CVE-2021-41190)', async () => {
    await refusal(addImage({ fields: { manifests: [] } }), 'both an image index and an image manifest');
    await refusal(addIndex([], { layers: [] }), 'both an image index and an image manifest');
  });

  it('a document that contradicts its declared type', () =>
    refusal(addImage({ fields: { mediaType: mediaTypes.OCI_INDEX } }), 'but says of itself'));

  it('an unknown media type', () => refusal(source.addDocument('text/html', {}), '"text/html"'));

  it('what is not JSON, not UTF-8 or not an object', async () => {
    await refusal(source.addDocument(mediaTypes.OCI_MANIFEST, '{'), 'not valid JSON');
    await refusal(source.addDocument(mediaTypes.OCI_MANIFEST, 'null'), 'not valid');
    await refusal(source.addDocument(mediaTypes.OCI_MANIFEST, '[]'), 'not valid');
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    const { descriptor } = await addBlobDocument(bytes);
    await refusal({ descriptor, bytes }, 'not valid JSON');
  });

  it('more diff IDs than layers, or fewer', async () => {
    const { diffId } = await addLayer(source.store, 'file', 'content');
    const config = (ids: string[]) => ({ ...AMD64, rootfs: { type: 'layers', diff_ids: ids } });
    await refusal(
      addImage({ config: config([diffId, diffId]) }),
      'lists 1 layers, but the config 2 diff IDs',
    );
    await refusal(addImage({ config: config([]) }), 'lists 1 layers, but the config 0 diff IDs');
    await refusal(addImage({ config: AMD64 }), 'lists 1 layers, but the config 0 diff IDs');
  });

  it.each([
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ])('the foreign layer type %s', async (mediaType) => {
    const { descriptor } = await addLayer(source.store, 'file', 'content');
    await refusal(addImage({ fields: { layers: [{ ...descriptor, mediaType }] } }), 'foreign layer');
  });

  it('an unknown layer type', async () => {
    const { descriptor } = await addLayer(source.store, 'file', 'content');
    await refusal(addImage({ fields: { layers: [{ ...descriptor, mediaType: 'a/b' }] } }), '"a/b"');
  });

  it('an artifact', () =>
    refusal(addImage({ configType: 'application/vnd.cncf.helm.config.v1+json' }), 'artifact'));

  it('a config that is no config, naming the field', () =>
    refusal(addImage({ config: { ...AMD64, config: { Env: 'A=1' } } }), 'config.Env'));

  it('a digest that is a path', () =>
    refusal(
      addIndex([{ mediaType: mediaTypes.OCI_MANIFEST, digest: 'sha256:../x' as never, size: 1 }]),
      'digest',
    ));

  it('documents above the limits, before they are fetched', async () => {
    const limit = 4 * 1024 * 1024;
    const amd = await addImage();
    const big = { ...amd.descriptor, size: limit + 1, platform: AMD64 };
    await refusal(addIndex([big]), 'at most');
    expect(source.asked).toEqual([]);
    const { config } = (await read(amd)).manifest;
    await refusal(addImage({ fields: { config: { ...config, size: 8 * 1024 * 1024 + 1 } } }), 'at most');
    const padded = (size: number): ManifestBytes =>
      source.addDocument(mediaTypes.DOCKER_MANIFEST, amd.bytes.toString().padEnd(size));
    expect((await read(padded(limit))).layers).toHaveLength(1);
    await refusal(padded(limit + 1), 'at most');
  });

  it('bytes that are not those of the descriptor', async () => {
    const { descriptor, bytes } = await addImage();
    await expect(read({ descriptor, bytes: Buffer.concat([bytes, Buffer.from(' ')]) })).rejects.toMatchObject(
      {
        code: 'CONTENT',
      },
    );
  });

  async function addBlobDocument(bytes: Buffer): Promise<{ descriptor: Descriptor }> {
    return { descriptor: await addBlob(source.store, bytes, mediaTypes.OCI_MANIFEST) };
  }
});
