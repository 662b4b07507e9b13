import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mediaTypes } from '../../../src/oci/index.ts';
import { parseReference } from '../../../src/reference/index.ts';
import { startBadLine } from '../../support/bad-line.ts';
import { missingProgram, startDockerRegistry } from '../../support/docker-registry.ts';
import {
  collect,
  layerOf,
  manifestOf,
  openSession,
  streamOf,
  type SessionSettings,
} from '../../support/registry-session.ts';

const missing = missingProgram();
const USER = { username: 'u', password: 'p:ä' };
const BYTES = randomBytes(5_000_000);
const LAYER = layerOf(BYTES);
const CONFIG_BYTES = Buffer.from(
  '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
);
const CONFIG = { ...layerOf(CONFIG_BYTES), mediaType: mediaTypes.OCI_CONFIG };

async function roundTrip(host: string, settings: SessionSettings): Promise<void> {
  const session = openSession(settings);
  try {
    const target = session.repository(`${host}/team/app`);
    await target.checkPush();
    expect(await target.has(LAYER)).toBe(false);
    await target.put(LAYER, streamOf(BYTES));
    await target.put(CONFIG, streamOf(CONFIG_BYTES));
    expect(await target.has(LAYER)).toBe(true);
    const { descriptor, bytes } = manifestOf(CONFIG, [LAYER]);
    await target.putManifest(descriptor, bytes, undefined);
    await target.putManifest(descriptor, bytes, 'v1');
    const other = session.repository(`${host}/other`);
    expect(await other.mount(LAYER, { registry: host, name: 'team/app' })).toBe(true);
    expect(await other.has(LAYER)).toBe(true);
    const reader = session.repository(`${host}/team/app`, 'pull');
    expect((await reader.getManifest('v1')).descriptor).toEqual(descriptor);
    expect((await reader.getManifest(descriptor.digest)).bytes.equals(bytes)).toBe(true);
    expect((await collect(reader.open(LAYER))).equals(BYTES)).toBe(true);
    await expect(reader.getManifest('none')).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
  } finally {
    await session.close();
  }
}

describe.skipIf(missing !== undefined)(
  `distribution's registry${missing === undefined ? '' : ` (no ${missing})`}`,
  () => {
    it.each([undefined, 'basic', 'token'] as const)('with plain HTTP and %s authentication', async (auth) => {
      const registry = await startDockerRegistry({ ...(auth === undefined ? {} : { auth }), ...USER });
      const credentials = [{ registry: registry.host, ...USER }];
      await roundTrip(registry.host, { credentials });
      await registry.close();
    });

    it.each(['basic', 'token'] as const)('refuses strangers by %s authentication', async (auth) => {
      const registry = await startDockerRegistry({ auth, ...USER });
      for (const credentials of [[], [{ registry: registry.host, username: 'u', password: 'wrong' }]]) {
        const session = openSession({ credentials });
        await expect(session.repository(`${registry.host}/app`).checkPush()).rejects.toMatchObject({
          code: 'REGISTRY_AUTH',
        });
        await session.close();
      }
      await registry.close();
    });

    it('with TLS, unverified only when asked to', async () => {
      const registry = await startDockerRegistry({ tls: true, auth: 'basic', ...USER });
      const credentials = [{ registry: registry.host, ...USER }];
      const strict = openSession({ credentials });
      await expect(strict.repository(`${registry.host}/app`).checkPush()).rejects.toMatchObject({
        code: 'NETWORK',
        hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') as string,
      });
      await strict.close();
      const registries = { skipTlsVerifyRegistries: [registry.host] };
      await roundTrip(registry.host, { credentials, registries });
      await registry.close();
    });

    it('with TLS, trusted by its certificate (registry-certificate)', async () => {
      const registry = await startDockerRegistry({ tls: true, auth: 'basic', ...USER });
      const credentials = [{ registry: registry.host, ...USER }];
      const registries = { certificates: { [registry.host]: registry.certificate } };
      await roundTrip(registry.host, { credentials, registries });
      await registry.close();
    });

    it('as a pull-through mirror, and the original where the mirror is gone', async () => {
      const original = await startDockerRegistry();
      const mirror = await startDockerRegistry({ mirrorOf: `http://${original.host}` });
      const writer = openSession();
      const { descriptor, bytes } = manifestOf(CONFIG, [LAYER]);
      const target = writer.repository(`${original.host}/team/app`);
      await target.put(LAYER, streamOf(BYTES));
      await target.put(CONFIG, streamOf(CONFIG_BYTES));
      await target.putManifest(descriptor, bytes, 'v1');
      await writer.close();
      const registryMap = { [original.host]: [mirror.host] };
      for (const from of [mirror, original]) {
        const session = openSession({ registries: { registryMap, retries: { download: 0 } } });
        const found = await session.client.resolve(parseReference(`${original.host}/team/app:v1`));
        expect([found.repository.registry, found.descriptor]).toEqual([from.host, descriptor]);
        expect((await collect(found.repository.open(LAYER))).equals(BYTES)).toBe(true);
        await session.close();
        await from.close();
      }
    });

    it('behind a line that is slow and breaks', async () => {
      const registry = await startDockerRegistry();
      const line = await startBadLine({
        port: Number(registry.host.split(':')[1]),
        // Less than a layer for most connections, and now and then one that holds.
        cutAfter: (connection) => (connection % 4 === 3 ? 2 ** 40 : 600_000 + 500_000 * (connection % 4)),
        bytesPerSecond: 40_000_000,
      });
      const session = openSession({ registries: { retries: { push: 9, layers: 9, download: 9 } } });
      const target = session.repository(`${line.host}/team/app`);
      await target.put(LAYER, streamOf(BYTES));
      await target.put(CONFIG, streamOf(CONFIG_BYTES));
      const { descriptor, bytes } = manifestOf(CONFIG, [LAYER]);
      await target.putManifest(descriptor, bytes, 'v1');
      await session.close();
      const reader = openSession({ registries: { retries: { layers: 9, download: 9 } } });
      const repository = reader.repository(`${line.host}/team/app`, 'pull');
      expect((await repository.getManifest('v1')).descriptor).toEqual(descriptor);
      for (let round = 0; round < 4; round += 1)
        expect((await collect(repository.open(LAYER))).equals(BYTES)).toBe(true);
      await reader.close();
      console.log(`connections cut under pushes and pulls that ended right: ${line.cuts}`);
      expect(line.cuts).toBeGreaterThan(1);
      await line.close();
      await registry.close();
    });

    it('with TLS, trusted by NODE_EXTRA_CA_CERTS', async () => {
      const registry = await startDockerRegistry({ tls: true, auth: 'basic', ...USER });
      const script = `
      const { openSession } = await import('./test/support/registry-session.ts');
      const session = openSession({ credentials: [${JSON.stringify({ registry: registry.host, ...USER })}] });
      await session.repository('${registry.host}/app').checkPush();
      await session.close();
      process.stdout.write('pushed');`;
      const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        env: { ...process.env, NODE_EXTRA_CA_CERTS: registry.certificate },
        encoding: 'utf8',
      });
      expect(out).toBe('pushed');
      await registry.close();
    });
  },
);
