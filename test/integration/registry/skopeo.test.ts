import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectoryStore } from '../../../src/content/index.ts';
import { assembleImage, pushImage, readImage, writeOciLayout, type Image } from '../../../src/image/index.ts';
import { findProgram } from '../../../src/process/index.ts';
import { parseReference } from '../../../src/reference/index.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { addLayer, AMD64, configOf } from '../../support/image-parts.ts';
import { collect, openSession } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

const missing = findProgram('skopeo', process.env['PATH'] ?? '') === undefined;
const USER = { username: 'bob', password: 'hunter2!' };

let directory: string;
let store: DirectoryStore;
let image: Image;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'registry-skopeo-'));
  store = new DirectoryStore(join(directory, 'store'));
  const content = randomBytes(200_000).toString('base64');
  image = assembleImage({
    config: configOf(2),
    layers: [await addLayer(store, 'a', content), await addLayer(store, 'b', 'b')],
  });
  await writeOciLayout({ images: [image] }, store, join(directory, 'layout'), { tags: ['v1'] });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** skopeo in this directory; the registries are in the process of the test, so it must not be waited for in it. */
function skopeo(...args: string[]): Promise<string> {
  const env = { ...process.env, TMPDIR: directory, HOME: directory };
  return new Promise((resolve, reject) => {
    execFile('skopeo', ['--insecure-policy', ...args], { env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stderr}`));
    });
  });
}

describe.skipIf(missing)(`skopeo${missing ? ' (not installed)' : ''} and the registry of these tests`, () => {
  const auths = [undefined, { kind: 'basic', ...USER }, { kind: 'bearer', ...USER }] as const;
  it.each(auths)('copies in and out with %j', async (auth) => {
    const registry: RunningRegistry = await startRegistry(auth === undefined ? {} : { auth });
    const user = `${USER.username}:${USER.password}`;
    const [to, from] =
      auth === undefined
        ? [[], []]
        : [
            ['--dest-creds', user],
            ['--src-creds', user],
          ];
    const session = openSession({ credentials: [{ registry: registry.host, ...USER }] });
    try {
      // Theirs in, ours out.
      const theirs = `${registry.host}/theirs:v1`;
      await skopeo(
        'copy',
        '--dest-tls-verify=false',
        ...to,
        `oci:${directory}/layout:v1`,
        `docker://${theirs}`,
      );
      const found = await session.client.resolve(parseReference(theirs));
      expect(found.descriptor.digest).toBe(image.descriptor.digest);
      const read = await readImage(found.repository, found, AMD64);
      for (const { descriptor } of read.layers) await collect(found.repository.open(descriptor));
      // Ours in, theirs out, and on to another repository.
      const ours = `${registry.host}/ours`;
      await pushImage(image, store, session.repository(ours), { tags: ['v1'], reporter: silentReporter() });
      const out = join(directory, `out-${auth?.kind ?? 'none'}`);
      await skopeo('copy', '--src-tls-verify=false', ...from, `docker://${ours}:v1`, `oci:${out}:v1`);
      const inspected = JSON.parse(await skopeo('inspect', `oci:${out}:v1`)) as { Digest: string };
      expect(inspected.Digest).toBe(image.descriptor.digest);
      const both = ['--src-tls-verify=false', '--dest-tls-verify=false', ...from, ...to];
      await skopeo('copy', ...both, `docker://${ours}:v1`, `docker://${registry.host}/copied:v2`);
      const copied = await session.client.resolve(parseReference(`${registry.host}/copied:v2`));
      expect(copied.descriptor.digest).toBe(image.descriptor.digest);
    } finally {
      await session.close();
      await registry.close();
    }
  });
});
