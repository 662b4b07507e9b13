import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../support/certificates.ts';
import { layerOf, openSession, streamOf, type SessionSettings } from '../../support/registry-session.ts';
import { startRegistry, type RegistrySettings, type RunningRegistry } from '../../support/registry/index.ts';

const BYTES = randomBytes(100_000);
const BLOB = layerOf(BYTES);
const directory = mkdtempSync(join(tmpdir(), 'registry-tls-'));
const pem = makeCertificates(directory);
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

async function start(more: Partial<RegistrySettings> = {}, mutual = false): Promise<RunningRegistry> {
  const text = (path: string): string => readFileSync(path, 'utf8');
  const tls = { cert: text(pem.server.certificate), key: text(pem.server.key) };
  const clientAuthority = mutual ? { clientAuthority: text(pem.authority) } : {};
  const registry = await startRegistry({ tls: { ...tls, ...clientAuthority }, ...more });
  running.push(registry);
  return registry;
}

async function push(host: string, settings: SessionSettings): Promise<void> {
  const session = openSession(settings);
  running.push(session);
  const target = session.repository(`${host}/app`);
  await target.put(BLOB, streamOf(BYTES));
  expect(await target.has(BLOB)).toBe(true);
}

const home = (...files: readonly (readonly [string, string])[]): Record<string, string> => {
  const place = mkdtempSync(join(directory, 'home-'));
  for (const [name, source] of files) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    copyFileSync(source, join(place, name));
  }
  return { HOME: place, PATH: '/usr/bin:/bin' };
};

describe('a registry with a certificate of an authority of its own', () => {
  it('is not trusted, and not spoken to in the clear; the hint says what to do', async () => {
    const { host } = await start();
    await expect(push(host, {})).rejects.toMatchObject({
      code: 'NETWORK',
      hint: expect.stringContaining('registry-certificate') as string,
    });
  });

  const ways: readonly (readonly [string, (host: string) => SessionSettings])[] = [
    ['registry-certificate', (host) => ({ registries: { certificates: { [host]: pem.authority } } })],
    ['SSL_CERT_FILE', () => ({ env: { ...home(), SSL_CERT_FILE: pem.authority } })],
    ['SSL_CERT_DIR', () => ({ env: { ...home(), SSL_CERT_DIR: `/nonexistent:${directory}` } })],
    [
      'podman’s certs.d',
      (host) => ({ env: home([`.config/containers/certs.d/${host}/ca.crt`, pem.authority]) }),
    ],
    ['docker’s certs.d', (host) => ({ env: home([`.docker/certs.d/${host}/ca.crt`, pem.authority]) })],
    ['skip-tls-verify-registry', (host) => ({ registries: { skipTlsVerifyRegistries: [host] } })],
  ];
  it.each(ways)('is trusted by %s', async (_, settings) => {
    const { host } = await start();
    await push(host, settings(host));
  });

  it('is not trusted by the certificate of another', async () => {
    const { host } = await start();
    const registries = { certificates: { 'other.example': pem.authority } };
    await expect(push(host, { registries })).rejects.toMatchObject({ code: 'NETWORK' });
  });

  it('may be on IPv6', async () => {
    const { host } = await start({ address: '::1' });
    expect(host).toMatch(/^\[::1\]:/);
    await push(host, { registries: { certificates: { [host]: pem.authority } } });
  });

  it('makes files that are not there or no certificates an error of usage', async () => {
    const { host } = await start();
    for (const path of ['/nonexistent/ca.pem', pem.server.key])
      await expect(push(host, { registries: { certificates: { [host]: path } } })).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining(path) as string,
      });
  });
});

describe('a registry that wants a certificate of its clients', () => {
  const certificates = (host: string) => ({ [host]: pem.authority });

  it('is shown the one given for it', async () => {
    const { host } = await start({}, true);
    const registries = { certificates: certificates(host), clientCertificates: { [host]: pem.client } };
    await push(host, { registries });
  });

  it('is shown the one of certs.d', async () => {
    const { host } = await start({}, true);
    const folder = `.config/docker/certs.d/${host}`;
    const env = home(
      [`${folder}/ca.crt`, pem.authority],
      [`${folder}/client.cert`, pem.client.certificate],
      [`${folder}/client.key`, pem.client.key],
    );
    await push(host, { env });
  });

  it('is not shown the one of another', async () => {
    const { host } = await start({}, true);
    const registries = {
      certificates: certificates(host),
      clientCertificates: { 'other.example': pem.client },
      retries: { push: 0 },
    };
    await expect(push(host, { registries })).rejects.toMatchObject({ code: 'NETWORK' });
  });
});
