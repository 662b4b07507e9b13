import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BaseImageSource } from '../../../src/builder/base-image-source.ts';
import { DirectoryStore, memoryStore } from '../../../src/content/index.ts';
import { assembleImage, pushImage } from '../../../src/image/index.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { addLayer, AMD64, configOf } from '../../support/image-parts.ts';
import { openSession } from '../../support/registry-session.ts';
import { startRegistry } from '../../support/registry/index.ts';

const USER = { username: 'bob', password: 'hunter2!' };
/** Transfers at a time, of pulls as of pushes. A connection that just ended a body may be passed over for a new one. */
const AT_ONCE = 4;

describe('a build that pulls six layers and pushes eight under two tags', () => {
  it('asks nothing twice, over one pool of connections', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'registry-connections-'));
    const pem = makeCertificates(directory);
    const tls = {
      cert: readFileSync(pem.server.certificate, 'utf8'),
      key: readFileSync(pem.server.key, 'utf8'),
    };
    const registry = await startRegistry({ tls, auth: { kind: 'bearer', ...USER } });
    const settings = {
      credentials: [{ registry: registry.host, ...USER }],
      registries: { certificates: { [registry.host]: pem.authority } },
    };
    const blobs = memoryStore();
    const layers = [];
    for (let index = 0; index < 6; index += 1)
      layers.push(await addLayer(blobs, `file-${index}`, randomBytes(400_000).toString('base64')));
    const base = assembleImage({ config: configOf(6), layers });
    const publisher = openSession(settings);
    const tags = { tags: ['v1'], reporter: silentReporter() };
    await pushImage(base, blobs, publisher.repository(`${registry.host}/base`), tags);
    await publisher.close();

    registry.requests.length = 0;
    Object.assign(registry.connections, { opened: 0, handshakes: 0, resumed: 0 });
    const session = openSession(settings);
    const store = new DirectoryStore(join(directory, 'store'));
    const source = new BaseImageSource(session.client, store, new AbortController().signal);
    const resolved = await source.resolve(`${registry.host}/base:v1`, AMD64);
    await Promise.all(resolved.layers.map((layer) => source.fetch(layer.descriptor)));
    const more = [await addLayer(store, 'new', 'new'), await addLayer(store, 'newer', 'newer')];
    const built = assembleImage({ config: configOf(8), layers: [...resolved.layers, ...more] });
    await pushImage(built, source, session.repository(`${registry.host}/app`), {
      tags: ['v1', 'latest'],
      mountFrom: ({ digest }) => source.originsOf(digest),
      reporter: silentReporter(),
    });
    await session.close();

    const { opened, handshakes, resumed } = registry.connections;
    const refused = registry.requests.filter(({ status }) => status === 401).length;
    const asked = registry.requests
      .filter(({ status, step }) => status !== 401 && step !== 'upload-start' && step !== 'ping')
      .map(({ method, path }) => `${method} ${path}`);
    const twice = asked.filter((request, index) => asked.indexOf(request) !== index);
    console.log(
      `a build: ${registry.requests.length} requests (${refused} of them to learn how to log in, ${twice.length} asked twice), ` +
        `${opened} connections, ${handshakes} TLS handshakes (${resumed} resumed)`,
    );
    expect(twice).toEqual([]);
    expect(opened).toBeLessThanOrEqual(2 * AT_ONCE);
    expect(handshakes).toBe(opened);
    await registry.close();
    rmSync(directory, { recursive: true });
  });
});
