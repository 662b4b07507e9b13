import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPublish } from '../../src/builder/index.ts';
import type { ImageIndex } from '../../src/oci/index.ts';
import { silentReporter } from '../../src/report/index.ts';
import {
  DEFAULT_FORM,
  type Annotation,
  type BuildResult,
  type Output,
  type PublishRequest,
} from '../../src/request/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { succeed } from '../support/e2e/execute.ts';
import { missing, titled } from '../support/e2e/requirements.ts';
import { failure } from '../support/planning.ts';
import { openSession, PLAIN_OPTIONS } from '../support/registry-session.ts';

let site: BuildSite;
let directory: string;
let built: BuildResult;
const at = (name: string): string => join(directory, name);

beforeAll(async () => {
  site = await openSite();
  directory = mkdtempSync(join(tmpdir(), 'publish-'));
  mkdirSync(at('scratch'));
  const image = { names: ['a/b:1'], form: DEFAULT_FORM, annotations: [] };
  const outputs: Output[] = [
    { kind: 'oci-layout', directory: at('layout'), naming: 'buildkit', ...image },
    { kind: 'oci-archive', to: { kind: 'file', path: at('oci.tar') }, ...image },
    { kind: 'docker', to: { kind: 'file', path: at('docker.tar') }, ...image },
  ];
  built = await site.build('FROM base\nCOPY f /f', {
    files: { f: 'text' },
    outputs: { push: false, tags: [], outputs },
  });
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await site.close();
});

const run = (
  command: PublishRequest['command'],
  sources: readonly string[],
  tags: readonly string[] = [],
  annotations: readonly Annotation[] = [],
): Promise<BuildResult> =>
  runPublish(
    {
      command,
      sources,
      outputs: { tags, push: command !== 'validate', annotations },
      registries: { ...PLAIN_OPTIONS, insecureRegistries: [site.registry.host] },
      credentials: [],
      scratchParent: at('scratch'),
      cwd: directory,
    },
    {
      reporter: silentReporter(),
      signal: new AbortController().signal,
      env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
    },
  );

describe('push', () => {
  it.each(['layout', 'oci.tar', 'docker.tar'])('takes %s, digest and all', async (source) => {
    const name = site.destination();
    const result = await run('push', [source], [name]);
    expect(result).toMatchObject({ digest: built.digest, imageId: built.imageId });
    const { image, read } = await site.open(name);
    expect([image.descriptor.digest, read('/f')]).toEqual([built.digest, 'text']);
    expect(readdirSync(at('scratch'))).toEqual([]);
  });

  const noSkopeo = missing({ tools: ['skopeo'] });
  it.skipIf(noSkopeo !== undefined)(
    titled('compresses the plain layers of an archive as docker save writes it', noSkopeo),
    async () => {
      await succeed('skopeo', [
        '--insecure-policy',
        'copy',
        '-q',
        `oci:${at('layout')}:1`,
        `docker-archive:${at('saved.tar')}:a/b:1`,
      ]);
      writeFileSync(at('saved.tar.gz'), gzipSync(readFileSync(at('saved.tar')), { level: 1 }));
      const results = [
        await run('push', ['saved.tar'], [site.destination()]),
        await run('push', ['saved.tar.gz'], [site.destination()]),
      ];
      expect(results[0]?.digest).toBe(results[1]?.digest);
      expect(results[0]).toMatchObject({ imageId: built.imageId });
      expect(results[0]?.layers.map(({ diffId }) => diffId)).toEqual(
        built.layers.map(({ diffId }) => diffId),
      );
    },
  );

  it('tags nothing of an archive that is not sound', async () => {
    const bytes = readFileSync(at('oci.tar'));
    // In the last layer, behind which stand the padding and the end of the archive.
    const place = bytes.length - 1024 - 700;
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    writeFileSync(at('broken.tar'), bytes);
    const name = site.destination();
    expect(await failure(run('push', ['broken.tar'], [name]))).toMatchObject({
      code: expect.stringMatching(/^(CONTENT|IMAGE|ARCHIVE|FILESYSTEM)$/) as string,
    });
    expect(site.registry.requests.filter(({ repository }) => name.includes(`/${repository}:`))).toEqual([]);
  });
});

describe('merge', () => {
  it('joins digests of one repository, and images of others, in one index', async () => {
    const other = { os: 'linux', architecture: 's390x' };
    const reference = `${site.registry.host}/merged/app`;
    const byDigest: Output = {
      kind: 'registry',
      names: [reference],
      byDigest: true,
      form: DEFAULT_FORM,
      annotations: [],
    };
    const outputs = { push: false, tags: [], outputs: [byDigest] };
    const first = await site.build('FROM scratch\nCOPY f /f', { files: { f: '1' }, outputs });
    const second = await site.build('FROM scratch\nCOPY f /f', {
      files: { f: '2' },
      spec: { platform: other },
    });
    const annotations = [
      { level: 'index', key: 'who', value: 'all' },
      { level: 'manifest-descriptor', platform: 'linux/s390x', key: 'who', value: 'other' },
    ] as const;
    const sources = [first.digest, second.destinations[0]?.reference ?? ''];
    const result = await run('merge', sources, [`${reference}:1`, `${reference}:2`], annotations);
    expect(result.platforms).toHaveLength(2);
    const session = openSession({ registries: { insecureRegistries: [site.registry.host] } });
    const { bytes, descriptor } = await session.repository(reference, 'pull').getManifest('2');
    await session.close();
    expect(descriptor.digest).toBe(result.digest);
    const index = JSON.parse(bytes.toString('utf8')) as ImageIndex;
    expect(index.annotations).toEqual({ who: 'all' });
    expect(index.manifests.map(({ digest, annotations: own }) => [digest, own])).toEqual([
      [first.digest, undefined],
      [second.digest, { who: 'other' }],
    ]);
    await run('validate', [`${reference}:1`]);
    expect(await failure(run('merge', [first.digest, first.digest], [`${reference}:3`]))).toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('validate', () => {
  it.each(['layout', 'oci.tar', 'docker.tar'])('finds %s sound', async (source) => {
    expect(await run('validate', [source])).toMatchObject({ digest: built.digest, destinations: [] });
  });

  it('finds the blob that was changed', async () => {
    await succeed('cp', ['-r', at('layout'), at('damaged')]);
    const blob = at(`damaged/blobs/${(built.layers.at(-1)?.digest ?? '').replace(':', '/')}`);
    const bytes = readFileSync(blob);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(blob, bytes);
    expect(await failure(run('validate', ['damaged']))).toMatchObject({ code: 'CONTENT' });
  });

  it('tells of what is not there', async () => {
    expect(await failure(run('validate', [`${site.registry.host}/nothing:1`]))).toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    });
  });
});
