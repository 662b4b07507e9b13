import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDestinationsOf, exportImage, type ExportTools } from '../../../src/builder/export-image.ts';
import { memoryStore } from '../../../src/content/index.ts';
import { assembleImage } from '../../../src/image/index.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { outputSpec } from '../../support/build-results.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';
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
  const blobs = memoryStore();
  const image = assembleImage({ config: configOf(1), layers: [await addLayer(blobs, 'a', 'text')] });
  const tools: ExportTools = {
    registry: session.client,
    blobs,
    originsOf: () => [],
    reporter: silentReporter(),
    signal: new AbortController().signal,
  };
  return { image, tools };
}

const written = (): string[] =>
  registry.requests
    .filter(({ step }) => step === 'manifest-put')
    .map(({ repository, name }) => `${repository} ${name.replace(/^sha256:.*/, 'by digest')}`);

describe('exportImage', () => {
  it('pushes once to a repository, with all its tags, and tells them in the order asked for', async () => {
    const { image, tools } = await imageAndTools();
    const tags = ['a:1', 'b:1', 'a:2', 'a'].map((name) => `${registry.host}/${name}`);
    const pushed = await exportImage(image, outputSpec({ tags, push: true }), tools);
    expect(pushed.map(({ reference }) => reference)).toEqual(tags);
    expect(new Set(pushed.map(({ digest }) => digest))).toEqual(new Set([image.descriptor.digest]));
    expect(written()).toEqual(['a by digest', 'a 1', 'a 2', 'a latest', 'b by digest', 'b 1']);
    expect(registry.requests.filter(({ step }) => step === 'upload-put')).toHaveLength(4);
  });

  it('asks no registry where nothing is pushed', async () => {
    const { image, tools } = await imageAndTools();
    const outputs = outputSpec({ tags: [`${registry.host}/a:1`], tarPath: join(directory, 'image.tar') });
    await checkDestinationsOf(outputs, tools);
    expect(await exportImage(image, outputs, tools)).toEqual([]);
    expect(registry.requests).toEqual([]);
    expect(statSync(join(directory, 'image.tar')).size).toBeGreaterThan(1024);
  });

  it('writes files before it pushes', async () => {
    const { image, tools } = await imageAndTools();
    registry.faults.inject('upload-start', { kind: 'status', status: 403 }, { times: 99 });
    const layout = join(directory, 'layout');
    const outputs = outputSpec({ tags: [`${registry.host}/a:1`], push: true, ociLayoutPath: layout });
    expect(await failure(exportImage(image, outputs, tools))).toMatchObject({ code: 'REGISTRY_AUTH' });
    expect(readFileSync(join(layout, 'index.json'), 'utf8')).toContain(image.descriptor.digest);
    expect(written()).toEqual([]);
  });
});

describe('checkDestinationsOf', () => {
  it('fails where one of the repositories may not be written to', async () => {
    const { tools } = await imageAndTools();
    registry.faults.inject('upload-start', { kind: 'status', status: 403 }, { skip: 1, times: 99 });
    const outputs = outputSpec({ tags: [`${registry.host}/a:1`, `${registry.host}/b:1`], push: true });
    expect(await failure(checkDestinationsOf(outputs, tools))).toMatchObject({ code: 'REGISTRY_AUTH' });
  });

  it('asks for each repository once', async () => {
    const { tools } = await imageAndTools();
    const tags = ['a:1', 'a:2', 'a:3'].map((name) => `${registry.host}/${name}`);
    await checkDestinationsOf(outputSpec({ tags, push: true }), tools);
    expect(registry.requests.filter(({ step }) => step === 'upload-start')).toHaveLength(1);
  });
});
