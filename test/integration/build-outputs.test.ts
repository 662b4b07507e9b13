import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { succeed } from '../support/e2e/execute.ts';
import { missing, titled } from '../support/e2e/requirements.ts';

const noSkopeo = missing({ tools: ['skopeo'] });

let site: BuildSite;
let directory: string;
beforeAll(async () => {
  site = await openSite();
  directory = mkdtempSync(join(tmpdir(), 'build-outputs-'));
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await site.close();
});

const inspect = async (image: string) =>
  JSON.parse(await succeed('skopeo', ['inspect', '--config', image])) as {
    readonly config: unknown;
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };

describe.skipIf(noSkopeo !== undefined)(titled('files of an image, read by skopeo', noSkopeo), () => {
  it('are what the registry would have been given', async () => {
    const [tarPath, ociLayoutPath] = [join(directory, 'image.tar'), join(directory, 'layout')];
    const tags = [`${site.registry.host}/files:1`];
    const result = await site.build('FROM base\nCOPY f /f\nENV A=1\nCMD ["/f"]', {
      files: { f: 'text' },
      outputs: { tarPath, ociLayoutPath, tags, push: false },
    });
    expect(result).toMatchObject({ destinations: [], tarPath, ociLayoutPath });
    const diffIds = result.layers.map(({ diffId }) => diffId);
    for (const image of [`docker-archive:${tarPath}`, `oci:${ociLayoutPath}`]) {
      const { config, rootfs } = await inspect(image);
      expect(config).toMatchObject({ Cmd: ['/f'], Env: expect.arrayContaining(['A=1']) });
      expect(rootfs.diff_ids).toEqual(diffIds);
    }
    const digest = await succeed('skopeo', ['inspect', '--format', '{{.Digest}}', `oci:${ociLayoutPath}`]);
    expect(digest.trim()).toBe(result.digest);
    // The base was never unpacked: its layer comes from the registry when the files are written.
    await succeed('skopeo', ['--insecure-policy', 'copy', `oci:${ociLayoutPath}`, `dir:${directory}/copied`]);
  });

  it('need no name, and come together with a push', async () => {
    const ociLayoutPath = join(directory, 'pushed');
    const result = await site.build('FROM scratch\nCOPY f /f', {
      files: { f: 'x' },
      outputs: { ociLayoutPath },
    });
    const { image } = await site.open(result.destinations[0]?.reference ?? '');
    expect(image.descriptor.digest).toBe(result.digest);
    const tarPath = join(directory, 'unnamed.tar');
    await site.build('FROM scratch\nCOPY f /f', {
      files: { f: 'x' },
      outputs: { tarPath, tags: [], push: false },
    });
    expect((await inspect(`docker-archive:${tarPath}`)).rootfs.diff_ids).toHaveLength(1);
  });
});
