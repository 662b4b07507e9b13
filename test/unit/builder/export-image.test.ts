import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportImage, type ExportTools } from '../../../src/builder/export-image.ts';
import { FormedImages } from '../../../src/builder/formed-images.ts';
import { checkDestinations } from '../../../src/builder/push-destinations.ts';
import { DirectoryStore } from '../../../src/content/index.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { outputSpec } from '../../support/build-results.ts';
import { addLayer, AMD64, configOf } from '../../support/image-parts.ts';
import { failure } from '../../support/planning.ts';
import { openSession, type Session } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

let registry: RunningRegistry;
let session: Session;
let directory: string;

beforeEach(async () => {
  registry = await startRegistry();
  session = openSession({ registries: { insecureRegistries: [registry.host] } });
  directory = mkdtempSync(join(tmpdir(), 'export-image-'));
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await session.close();
  await registry.close();
});

async function imageAndTools() {
  const store = new DirectoryStore(join(directory, 'store'));
  const layers = [{ ...(await addLayer(store, 'a', 'text')), reused: true }];
  const tools: ExportTools = {
    registry: session.client,
    blobs: store,
    store,
    scratch: directory,
    sourceDateEpoch: undefined,
    originsOf: () => [],
    reporter: silentReporter(),
    signal: new AbortController().signal,
  };
  const built = { platform: AMD64, image: { config: configOf(1), layers, warnings: [], outcomes: [] } };
  const images = new FormedImages([built], { kind: 'gzip' }, [], tools);
  const [image] = (await images.of()).images;
  return { images, image, tools };
}

const written = (): string[] =>
  registry.requests
    .filter(({ step }) => step === 'manifest-put')
    .map(({ repository, name }) => `${repository} ${name.replace(/^sha256:.*/, 'by digest')}`);

describe('exportImage', () => {
  it('pushes once to a repository, with all its tags, and tells them in the order asked for', async () => {
    const { images, image, tools } = await imageAndTools();
    const tags = ['a:1', 'b:1', 'a:2', 'a'].map((name) => `${registry.host}/${name}`);
    const { destinations: pushed } = await exportImage(images, outputSpec({ tags, push: true }), tools);
    expect(pushed.map(({ reference }) => reference)).toEqual(tags);
    expect(new Set(pushed.map(({ digest }) => digest))).toEqual(new Set([image.descriptor.digest]));
    expect(written()).toEqual(['a by digest', 'a 1', 'a 2', 'a latest', 'b by digest', 'b 1']);
    expect(registry.requests.filter(({ step }) => step === 'upload-put')).toHaveLength(4);
  });

  it('asks no registry where nothing is pushed', async () => {
    const { images, tools } = await imageAndTools();
    const outputs = outputSpec({ tags: [`${registry.host}/a:1`], tarPath: join(directory, 'image.tar') });
    expect((await exportImage(images, outputs, tools)).destinations).toEqual([]);
    expect(registry.requests).toEqual([]);
    expect(statSync(join(directory, 'image.tar')).size).toBeGreaterThan(1024);
  });

  it('writes files before it pushes', async () => {
    const { images, image, tools } = await imageAndTools();
    registry.faults.inject('upload-start', { kind: 'status', status: 403 }, { times: 99 });
    const layout = join(directory, 'layout');
    const outputs = outputSpec({ tags: [`${registry.host}/a:1`], push: true, ociLayoutPath: layout });
    expect(await failure(exportImage(images, outputs, tools))).toMatchObject({ code: 'REGISTRY_AUTH' });
    expect(readFileSync(join(layout, 'index.json'), 'utf8')).toContain(image.descriptor.digest);
    expect(written()).toEqual([]);
  });
});

describe('several destinations', () => {
  const tags = () => ['a:1', 'b:1', 'b:2', 'c:1'].map((name) => `${registry.host}/${name}`);

  it('get the image where another one fails, and all failures are told', async () => {
    const { images, image, tools } = await imageAndTools();
    const told: string[] = [];
    const reporter = { ...silentReporter(), info: (message: string) => void told.push(message) };
    // The second manifest by digest, that of b, and with it all its tags.
    registry.faults.inject(
      'manifest-put',
      { kind: 'status', status: 403, body: 'no' },
      { skip: 2, times: 1 },
    );
    const failed = await failure(
      exportImage(images, outputSpec({ tags: tags(), push: true }), { ...tools, reporter }),
    );
    expect(failed).toMatchObject({ code: 'REGISTRY_AUTH' });
    expect(failed.message).toMatch(/^2 of 4 destinations did not get the image: .*\/b:1: .*; .*\/b:2: /);
    expect(told).toEqual(
      ['a:1', 'c:1'].map((name) => `pushed ${registry.host}/${name} (${image.descriptor.digest})`),
    );
  });

  it('keep the tags that could be set where another tag could not', async () => {
    const { images, tools } = await imageAndTools();
    registry.faults.inject('manifest-put', { kind: 'status', status: 403 }, { skip: 3, times: 1 });
    const failed = await failure(exportImage(images, outputSpec({ tags: tags(), push: true }), tools));
    expect(failed.message).toMatch(/^1 of 4 destinations did not get the image: .*\/b:1: /);
    expect(written()).toEqual(expect.arrayContaining(['b 2', 'c 1']));
  });

  it('fail with the one failure as it is where there is but one', async () => {
    const { images, tools } = await imageAndTools();
    registry.faults.inject('manifest-put', { kind: 'status', status: 403 }, { times: 9 });
    const outputs = outputSpec({ tags: [`${registry.host}/a:1`], push: true });
    expect((await failure(exportImage(images, outputs, tools))).message).toMatch(/may not push to/);
  });
});

describe('checkDestinations', () => {
  it('fails where one of the repositories may not be written to', async () => {
    const { tools } = await imageAndTools();
    registry.faults.inject('upload-start', { kind: 'status', status: 403 }, { skip: 1, times: 99 });
    const tags = [`${registry.host}/a:1`, `${registry.host}/b:1`];
    expect(await failure(checkDestinations(tags, tools))).toMatchObject({ code: 'REGISTRY_AUTH' });
  });

  it('asks for each repository once', async () => {
    const { tools } = await imageAndTools();
    const tags = ['a:1', 'a:2', 'a:3'].map((name) => `${registry.host}/${name}`);
    await checkDestinations(tags, tools);
    expect(registry.requests.filter(({ step }) => step === 'upload-start')).toHaveLength(1);
  });
});
