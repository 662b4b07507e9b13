import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layerOf, openSession, streamOf, collect, type Session } from '../../support/registry-session.ts';
import {
  startRegistry,
  type AuthSettings,
  type RunningRegistry,
  type Step,
} from '../../support/registry/index.ts';

const BYTES = randomBytes(200_000);
const BLOB = layerOf(BYTES);
const USER = { username: 'canary-user', password: 'canary-password' };
const IDENTITY = 'canary-identity-token';

/** A server on another origin that notes every byte of every head and body, and answers as told. */
interface Sink {
  readonly url: string;
  readonly seen: string[];
  answer: { status: number; headers?: Record<string, string>; body?: Buffer };
  close(): Promise<void>;
}

async function openSink(): Promise<Sink> {
  const seen: string[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}`);
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString('latin1')));
    request.on('end', () =>
      response.writeHead(sink.answer.status, sink.answer.headers).end(sink.answer.body),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: Sink = {
    // Another name of the same machine is another origin, and so is another port.
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    answer: { status: 200, body: BYTES },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return sink;
}

/** All forms in which a secret might travel, and all tokens that were given out. */
function expectClean(sink: Sink): void {
  const text = sink.seen.join('\n');
  const pair = Buffer.from(`${USER.username}:${USER.password}`).toString('base64');
  for (const secret of [USER.password, IDENTITY, pair, 'Bearer', 'Basic', 'authorization', 'canary-token'])
    expect(text.includes(secret), `${secret} in ${text.slice(0, 2000)}`).toBe(false);
}

let sink: Sink;
let registry: RunningRegistry;
let session: Session;

async function begin(auth: Partial<AuthSettings>): Promise<void> {
  registry = await startRegistry({ auth: { kind: 'bearer', ...USER, identityToken: IDENTITY, ...auth } });
  session = openSession({ credentials: [{ registry: registry.host, ...USER }] });
}

beforeEach(async () => (sink = await openSink()));
afterEach(async () => {
  await session.close();
  await registry.close();
  await sink.close();
});

const target = () => session.repository(`${registry.host}/app`);

describe.each(['basic', 'bearer'] as const)('a redirect with %s', (kind) => {
  beforeEach(() => begin({ kind }));

  const reads: readonly [Step, () => Promise<unknown>][] = [
    ['blob-get', () => collect(target().open(BLOB))],
    ['blob-head', () => target().has(BLOB)],
    [
      'manifest-get',
      () =>
        target()
          .getManifest('v1')
          .catch(() => undefined),
    ],
    [
      'upload-start',
      () =>
        target()
          .put(BLOB, streamOf(BYTES))
          .catch(() => undefined),
    ],
    [
      'upload-mount',
      () =>
        target()
          .mount(BLOB, { registry: registry.host, name: 'base' })
          .catch(() => undefined),
    ],
    [
      'upload-put',
      () =>
        target()
          .put(BLOB, streamOf(BYTES))
          .catch(() => undefined),
    ],
  ];
  it.each(reads.flatMap((read) => [302, 307].map((status) => [...read, status] as const)))(
    'of %s',
    async (step, work, status) => {
      await target().has(BLOB);
      const location = `${sink.url}/elsewhere?signed=1`;
      registry.faults.inject(step, { kind: 'status', status, headers: { location } }, { times: 9 });
      await work();
      if (status === 307 || step.startsWith('blob')) expect(sink.seen.length).toBeGreaterThan(0);
      expectClean(sink);
    },
  );

  it('whose target asks for credentials gets none', async () => {
    sink.answer = { status: 401, headers: { 'www-authenticate': 'Basic realm="give"' } };
    registry.faults.inject(
      'blob-get',
      { kind: 'status', status: 307, headers: { location: sink.url } },
      { times: 9 },
    );
    await expect(collect(target().open(BLOB))).rejects.toMatchObject({ code: 'REGISTRY_AUTH' });
    expectClean(sink);
  });

  it('to storage still works', async () => {
    registry.faults.inject('blob-get', {
      kind: 'status',
      status: 307,
      headers: { location: `${sink.url}/s?sig=1` },
    });
    expect((await collect(target().open(BLOB))).equals(BYTES)).toBe(true);
  });

  it('is no way to make us leave for internal services', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/iam/';
    registry.faults.inject('blob-get', { kind: 'status', status: 307, headers: { location } });
    await expect(collect(target().open(BLOB))).rejects.toMatchObject({ code: 'NETWORK' });
  });
});

describe('an upload whose Location is elsewhere', () => {
  it.each(['basic', 'bearer'] as const)('carries no credentials (%s)', async (kind) => {
    await begin({ kind });
    sink.answer = { status: 201 };
    registry.faults.inject(
      'upload-start',
      { kind: 'location', change: () => `${sink.url}/upload?sig=1` },
      { times: 9 },
    );
    await target().put(BLOB, streamOf(BYTES));
    expect(sink.seen[0]).toContain('PUT /upload?sig=1&digest=sha256');
    expectClean({ ...sink, seen: [sink.seen[0] ?? ''] });
  });

  it('does not answer a challenge from there', async () => {
    await begin({ kind: 'basic' });
    sink.answer = { status: 401, headers: { 'www-authenticate': `Bearer realm="${sink.url}/token"` } };
    registry.faults.inject(
      'upload-start',
      { kind: 'location', change: () => `${sink.url}/upload` },
      { times: 9 },
    );
    await expect(target().put(BLOB, streamOf(BYTES))).rejects.toMatchObject({ code: 'REGISTRY_AUTH' });
    expect(sink.seen.filter((text) => text.includes('/token'))).toEqual([]);
  });
});

describe('a realm elsewhere', () => {
  it.each(['/token', '/token?service=x', ''])('on another host gets nothing (%s)', async (path) => {
    await begin({ realm: `${sink.url}${path}` });
    await expect(target().has(BLOB)).rejects.toMatchObject({ code: 'REGISTRY_AUTH' });
    expect(sink.seen).toEqual([]);
  });

  it('gets no identity token either', async () => {
    await begin({ realm: `${sink.url}/token` });
    const config = { auths: { [registry.host]: { identitytoken: IDENTITY } } };
    const other = openSession({ env: { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify(config) } });
    await expect(other.repository(`${registry.host}/app`).has(BLOB)).rejects.toMatchObject({
      code: 'REGISTRY_AUTH',
    });
    expect(sink.seen).toEqual([]);
    await other.close();
  });

  it('is not reached by a redirect of the token server', async () => {
    await begin({});
    for (const status of [302, 307, 308]) {
      registry.faults.inject('token', { kind: 'status', status, headers: { location: `${sink.url}/token` } });
      await target()
        .has(BLOB)
        .catch(() => undefined);
    }
    expectClean(sink);
  });

  it('is not reached by a redirect with the identity token in the body', async () => {
    await begin({});
    const config = { auths: { [registry.host]: { identitytoken: IDENTITY } } };
    const other = openSession({ env: { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify(config) } });
    const headers = { location: `${sink.url}/token` };
    registry.faults.inject('token', { kind: 'status', status: 307, headers }, { times: 9 });
    await expect(other.repository(`${registry.host}/app`).has(BLOB)).rejects.toThrow();
    expect(sink.seen).toEqual([]);
    await other.close();
  });
});

describe('credentials of one registry', () => {
  it('are not offered to another port of the same host', async () => {
    await begin({ kind: 'basic' });
    const other = await startRegistry({ auth: { kind: 'basic', username: 'x', password: 'y' } });
    await session
      .repository(`${other.host}/app`)
      .has(BLOB)
      .catch(() => undefined);
    expect(other.requests.length).toBeGreaterThan(0);
    expect(other.requests.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
    await other.close();
  });

  it('are not sent before the registry asks', async () => {
    registry = await startRegistry();
    session = openSession({ credentials: [{ registry: registry.host, ...USER }] });
    await target().put(BLOB, streamOf(BYTES));
    expect(registry.requests.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
  });
});
