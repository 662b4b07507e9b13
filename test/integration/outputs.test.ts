import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formOf, type GivenForm } from '../../src/request/outputs/image-form.ts';
import type { Output } from '../../src/request/index.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { execute, succeed } from '../support/e2e/execute.ts';
import { missing, titled } from '../support/e2e/requirements.ts';

const FORMS: readonly (GivenForm & { readonly name: string })[] = [
  { name: 'oci-gzip', format: 'oci', compression: 'gzip' },
  { name: 'oci-zstd', format: 'oci', compression: 'zstd' },
  { name: 'oci-plain', format: 'oci', compression: 'uncompressed' },
  { name: 'oci-zstd-all', format: 'oci', compression: 'zstd', force: true },
  { name: 'docker-gzip', format: 'docker', compression: 'gzip' },
  { name: 'docker-plain', format: 'docker', compression: 'uncompressed', force: true },
];
const DOCKERFILE = `FROM base
COPY . /files/
RUN rm /files/gone && ln -s /etc/hostname /files/link && ln /files/kept /files/twin`;
const FILES = { kept: 'kept', gone: 'gone' };

let site: BuildSite;
let directory: string;
beforeAll(async () => {
  site = await openSite();
  // buildah makes names out of paths, and names are lower case.
  directory = join(tmpdir(), `outputs-${randomBytes(8).toString('hex')}`);
  mkdirSync(directory);
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await site.close();
});

const at = (name: string): string => join(directory, name);
const image = (given: GivenForm, names: readonly string[] = []) => ({
  names,
  form: formOf(given),
  annotations: [],
});

/** Every way to write an image in a form. */
function waysOf({ name, ...given }: (typeof FORMS)[number]): Output[] {
  const reference = `${site.registry.host}/${name}:1`;
  const file = (suffix: string) => ({ kind: 'file', path: at(`${name}${suffix}`) }) as const;
  const pushed: Output[] = [
    { kind: 'registry', byDigest: false, ...image(given, [reference]) },
    { kind: 'docker', to: file('.docker.tar'), ...image(given, [reference]) },
  ];
  if (given.format === 'docker') return pushed;
  return [
    ...pushed,
    { kind: 'oci-archive', to: file('.oci.tar'), ...image(given, [reference]) },
    { kind: 'oci-layout', directory: at(name), naming: 'buildkit', ...image(given, [reference]) },
  ];
}

const places = (name: string): string[] => [
  `docker://${site.registry.host}/${name}:1`,
  `docker-archive:${at(`${name}.docker.tar`)}`,
  ...(name.startsWith('oci') ? [`oci-archive:${at(`${name}.oci.tar`)}:1`, `oci:${at(name)}:1`] : []),
];

const PLAIN = ['--src-tls-verify=false', '--insecure-policy'];

describe.skipIf(missing({ tools: ['skopeo', 'umoci'] }) !== undefined)(
  titled('images of one build in every form', missing({ tools: ['skopeo', 'umoci'] })),
  () => {
    let diffIds: readonly string[];
    beforeAll(async () => {
      const outputs = FORMS.flatMap(waysOf);
      const result = await site.build(DOCKERFILE, {
        files: FILES,
        outputs: { push: false, tags: [], outputs },
      });
      diffIds = result.layers.map(({ diffId }) => diffId);
      expect(result.destinations).toHaveLength(FORMS.length);
    });

    it.each(FORMS.map(({ name }) => name))('%s is copied by skopeo, blob by blob', async (name) => {
      for (const [number, place] of places(name).entries()) {
        const target = `dir:${at(`${name}.${number}.copied`)}`;
        await succeed('skopeo', ['copy', ...PLAIN, '--quiet', '--preserve-digests', place, target]);
        const inspected = await succeed('skopeo', ['inspect', '--tls-verify=false', '--config', place]);
        const { rootfs } = JSON.parse(inspected) as { readonly rootfs: { readonly diff_ids: string[] } };
        expect(rootfs.diff_ids).toEqual(diffIds);
      }
    });

    // umoci 0.4 knows no zstd.
    it.each(['oci-gzip', 'oci-plain'])('%s is unpacked by umoci', async (name) => {
      const bundle = at(`${name}.bundle`);
      await succeed('umoci', ['unpack', '--rootless', '--image', `${at(name)}:1`, bundle]);
      expect(readdirSync(join(bundle, 'rootfs/files')).sort()).toEqual(
        ['Dockerfile', 'kept', 'link', 'twin'].sort(),
      );
    });

    it('says what it is by its media types', async () => {
      const typesOf = async (name: string): Promise<string[]> => {
        const { image } = await site.open(`${site.registry.host}/${name}:1`);
        const { config, layers } = image.manifest;
        const all = [image.descriptor, config, ...layers].map(({ mediaType }) => mediaType);
        return all.map((type) => type.replace(/^application\/vnd\./, ''));
      };
      expect(await typesOf('oci-zstd')).toEqual([
        'oci.image.manifest.v1+json',
        'oci.image.config.v1+json',
        'oci.image.layer.v1.tar+gzip',
        'oci.image.layer.v1.tar+zstd',
        'oci.image.layer.v1.tar+zstd',
      ]);
      const forced = await typesOf('oci-zstd-all');
      expect(new Set(forced.slice(2))).toEqual(new Set(['oci.image.layer.v1.tar+zstd']));
      expect(await typesOf('docker-plain')).toEqual([
        'docker.distribution.manifest.v2+json',
        'docker.container.image.v1+json',
        ...Array.from({ length: 3 }, () => 'docker.image.rootfs.diff.tar'),
      ]);
    });

    const noBuildah = missing({ root: true, tools: ['buildah', 'unshare'] });
    it.skipIf(noBuildah !== undefined)(titled('are pulled by buildah', noBuildah), async () => {
      const script = FORMS.flatMap(({ name }) => places(name))
        .map(
          (place) =>
            `buildah --root ${at('b')} --runroot ${at('r')} --storage-driver vfs pull -q --tls-verify=false --policy always "${place}"`,
        )
        .join(' && ');
      await succeed('unshare', ['-m', '--propagation', 'private', 'sh', '-ec', script]);
      await succeed('unshare', ['-m', '--propagation', 'private', 'rm', '-rf', at('b'), at('r')]);
    });
  },
);

describe('the files of an image', () => {
  const outputs = (name: string): Output[] => [
    { kind: 'local', directory: at(name), split: undefined },
    { kind: 'tar', to: { kind: 'file', path: at(`${name}.tar`) }, split: undefined },
  ];
  const build = async (name: string) =>
    site.build(DOCKERFILE, {
      files: FILES,
      outputs: { push: false, tags: [], outputs: outputs(name) },
      spec: { sourceDateEpoch: 1_700_000_000 },
    });

  it('are written into a directory, and as an archive that never changes', async () => {
    await build('first');
    await build('second');
    for (const name of ['first', 'second']) {
      const files = join(at(name), 'files');
      expect(readdirSync(files).sort()).toEqual(['Dockerfile', 'kept', 'link', 'twin']);
      expect(lstatSync(join(files, 'link')).isSymbolicLink()).toBe(true);
      expect(lstatSync(join(files, 'kept')).ino).toBe(lstatSync(join(files, 'twin')).ino);
      expect(lstatSync(join(files, 'kept')).mtimeMs).toBeLessThanOrEqual(1_700_000_000_000);
    }
    expect(readFileSync(at('first.tar')).equals(readFileSync(at('second.tar')))).toBe(true);
    const listed = execFileSync('tar', ['-tvf', at('first.tar'), '--numeric-owner'], { encoding: 'utf8' });
    expect(listed).toContain('files/kept');
    expect(listed).toMatch(/files\/link -> \/etc\/hostname/);
    expect(listed).toMatch(/files\/twin link to files\/kept/);
    expect(listed).not.toMatch(/gone|\.wh\./);
    const { status } = await execute('tar', ['-xf', at('first.tar'), '-C', directory, 'files']);
    expect([status, readFileSync(at('files/kept'), 'utf8')]).toEqual([0, 'kept']);
  });

  it('go to standard output as an archive', async () => {
    const chunks: Uint8Array[] = [];
    await site.build(DOCKERFILE, {
      files: FILES,
      outputs: {
        push: false,
        tags: [],
        outputs: [{ kind: 'tar', to: { kind: 'stdout' }, split: undefined }],
      },
      stdout: (chunk) => Promise.resolve(void chunks.push(Buffer.from(chunk))),
    });
    const names = execFileSync('tar', ['-t'], { input: Buffer.concat(chunks), encoding: 'utf8' }).split('\n');
    expect(names).toEqual(expect.arrayContaining(['files/', 'files/kept']));
  });
});
