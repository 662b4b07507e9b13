import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../src/content/index.ts';
import {
  assembleImage,
  validateImage,
  writeDockerArchive,
  writeOciLayout,
  type Image,
} from '../../src/image/index.ts';
import { findProgram, runSync } from '../../src/process/index.ts';
import { addLayer, configOf } from '../support/image-parts.ts';

const missing = (tool: string): string | undefined =>
  findProgram(tool, process.env['PATH'] ?? '') === undefined ? `${tool} is not installed` : undefined;

let directory: string;
let from: DirectoryStore;
let image: Image;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'image-files-'));
  from = new DirectoryStore(join(directory, 'scratch'));
  const layers = [
    await addLayer(from, 'gzip', 'in a gzip layer'),
    await addLayer(from, 'plain', 'in a plain layer', 'none'),
    await addLayer(from, 'zstd', 'in a zstd layer', 'zstd'),
  ];
  image = assembleImage({ config: configOf(layers.length), layers });
  await writeOciLayout({ images: [image] }, from, join(directory, 'layout'), { tags: ['1', 'two'] });
  await writeDockerArchive(image, from, join(directory, 'image.tar'), { tags: ['docker.io/library/app:1'] });
});
afterAll(() => rmSync(directory, { recursive: true }));

function run(tool: string, ...args: string[]): string {
  const { status, stdout, stderr } = runSync(tool, args, {
    cwd: directory,
    env: { ...process.env, TMPDIR: directory },
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

interface Inspected {
  readonly Digest: string;
  readonly Layers: readonly string[];
  readonly Env: readonly string[];
}

describe('a written layout', () => {
  it('passes our own validation', async () => {
    await expect(
      validateImage(new DirectoryStore(join(directory, 'layout')), image),
    ).resolves.toBeUndefined();
  });

  it('is read by skopeo under each name, with our digest', (context) => {
    const reason = missing('skopeo');
    if (reason !== undefined) return context.skip(reason);
    for (const name of ['1', 'two']) {
      const found = JSON.parse(run('skopeo', 'inspect', `oci:layout:${name}`)) as Inspected;
      expect(found.Digest).toBe(image.descriptor.digest);
      expect(found.Layers).toEqual(image.layers.map(({ descriptor }) => descriptor.digest));
    }
    run('skopeo', 'copy', '--preserve-digests', 'oci:layout:1', 'dir:copied');
    expect(readFileSync(join(directory, 'copied/manifest.json'))).toEqual(image.manifestBytes);
  });

  it('is unpacked by umoci', async (context) => {
    const reason = missing('umoci');
    if (reason !== undefined) return context.skip(reason);
    // umoci before 0.4.8 knows no zstd: an image without it.
    const layers = [
      await addLayer(from, 'gzip', 'in a gzip layer'),
      await addLayer(from, 'plain', 'p', 'none'),
    ];
    const simple = assembleImage({ config: configOf(2), layers });
    await writeOciLayout({ images: [simple] }, from, join(directory, 'layout'), { tags: ['simple'] });
    run(
      'umoci',
      'unpack',
      ...(process.getuid?.() === 0 ? [] : ['--rootless']),
      '--image',
      'layout:simple',
      'bundle',
    );
    expect(readFileSync(join(directory, 'bundle/rootfs/gzip'), 'utf8')).toBe('in a gzip layer');
    expect(readFileSync(join(directory, 'bundle/rootfs/plain'), 'utf8')).toBe('p');
    run('umoci', 'gc', '--layout', 'layout');
    run('umoci', 'stat', '--image', 'layout:1');
  });
});

describe('a written docker archive', () => {
  it('is read by skopeo as it is, and under its name', (context) => {
    const reason = missing('skopeo');
    if (reason !== undefined) return context.skip(reason);
    for (const name of ['', ':docker.io/library/app:1']) {
      const found = JSON.parse(run('skopeo', 'inspect', `docker-archive:image.tar${name}`)) as Inspected;
      expect(found.Layers).toEqual(image.layers.map(({ diffId }) => diffId));
      expect(found.Env).toEqual(['PATH=/bin']);
    }
  });

  it('keeps config and diff IDs when skopeo converts it', (context) => {
    const reason = missing('skopeo');
    if (reason !== undefined) return context.skip(reason);
    run('skopeo', 'copy', 'docker-archive:image.tar', 'dir:from-archive');
    const manifest = JSON.parse(readFileSync(join(directory, 'from-archive/manifest.json'), 'utf8')) as {
      config: { digest: string };
    };
    expect(manifest.config.digest).toBe(image.manifest.config.digest);
  });
});
