import { afterEach, describe, expect, it } from 'vitest';
import {
  answeringServer,
  type AnsweringServer,
  type GivenAnswer,
  type SeenRequest,
} from '../../support/answering-server.ts';
import { selfSigned } from '../../support/certificate.ts';
import { layerOf, openSession, type Session, type SessionSettings } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

const BLOB = layerOf(Buffer.from('content'));
const USER = { username: 'bob', password: 'hunter2!' };
const TLS = selfSigned();

const running: (AnsweringServer | RunningRegistry | Session)[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

function open(settings: SessionSettings): Session {
  const session = openSession(settings);
  running.push(session);
  return session;
}

const inline = (host: string, entry: object): SessionSettings => ({
  env: { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: entry } }) },
});
const given = (host: string, more: object = {}): SessionSettings => ({
  credentials: [{ registry: host, ...USER, ...more }],
});

/** A registry that lets every token in but those `refuse` names a challenge for. */
async function start(
  token: (request: SeenRequest) => GivenAnswer,
  refuse: (authorization: string | undefined, url: string) => string | undefined = (authorization, url) =>
    authorization === undefined ? `Bearer realm="${url}/token",service="s"` : undefined,
): Promise<AnsweringServer & { readonly host: string }> {
  const server: AnsweringServer = await answeringServer((request) => {
    if (request.path.startsWith('/token')) return token(request);
    const challenge = refuse(request.headers['authorization'] as string | undefined, server.url);
    if (challenge === undefined) return { status: 404 };
    return { status: 401, headers: { 'www-authenticate': challenge } };
  });
  running.push(server);
  return Object.assign(server, { host: server.url.replace('http://', '') });
}

const tokenRequests = ({ seen }: AnsweringServer) => seen.filter(({ path }) => path.startsWith('/token'));
const scopesOf = ({ path }: SeenRequest) => new URL(path, 'http://h').searchParams.getAll('scope');

describe('a token', () => {
  it('that allows too little is replaced by one that allows what the registry says', async () => {
    const server = await start(
      (request) => ({ body: { token: scopesOf(request).join('|') } }),
      (authorization, url) => {
        const realm = `Bearer realm="${url}/token",service="s"`;
        if (authorization === undefined) return realm;
        const wide = authorization.includes('repository:renamed:pull');
        return wide ? undefined : `${realm},error="insufficient_scope",scope="repository:renamed:pull"`;
      },
    );
    const session = open(given(server.host));
    const target = session.repository(`${server.host}/app`, 'pull');
    expect(await target.has(BLOB)).toBe(false);
    expect(await target.has(BLOB)).toBe(false);
    expect(tokenRequests(server).map(scopesOf)).toEqual([
      ['repository:app:pull'],
      ['repository:app:pull', 'repository:renamed:pull'],
    ]);
  });

  it('is kept as long as its server says, by the server’s own clock', async () => {
    let now = Date.now();
    let clock = now + 7_200_000;
    const server = await start(() => ({
      headers: { date: new Date(clock).toUTCString() },
      body: { token: `t${clock}`, expires_in: 300, issued_at: new Date(clock - 200_000).toISOString() },
    }));
    const session = open({ ...given(server.host), now: () => now });
    const target = session.repository(`${server.host}/app`, 'pull');
    await target.has(BLOB);
    for (const [seconds, asked] of [
      [90, 1],
      [10, 2],
    ] as const) {
      now += seconds * 1000;
      clock += seconds * 1000;
      await target.has(BLOB);
      expect(tokenRequests(server)).toHaveLength(asked);
    }
  });

  it('is asked for by name, service and scope as the protocol has it', async () => {
    const server = await start(() => ({ body: { token: 't' } }));
    await open(given(server.host)).repository(`${server.host}/team/app`, 'push').has(BLOB);
    const [request] = tokenRequests(server);
    expect(Object.fromEntries(new URL(request?.path ?? '', 'http://h').searchParams)).toEqual({
      account: USER.username,
      service: 's',
      scope: 'repository:team/app:pull,push',
    });
    const pair = Buffer.from(`${USER.username}:${USER.password}`).toString('base64');
    expect(request?.headers['authorization']).toBe(`Basic ${pair}`);
  });
});

describe('an identity token', () => {
  it('is sent as OAuth2 has it, and what replaces it from then on', async () => {
    let now = 0;
    let count = 0;
    const server = await start(() => ({
      body: { access_token: `a${(count += 1)}`, refresh_token: `refresh-${count}`, expires_in: 60 },
    }));
    const session = open({ ...inline(server.host, { identitytoken: 'refresh-0' }), now: () => now });
    const target = session.repository(`${server.host}/app`, 'pull');
    await target.has(BLOB);
    now += 100_000;
    await target.has(BLOB);
    const forms = tokenRequests(server).map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    const form = {
      grant_type: 'refresh_token',
      client_id: 'ts-kaniko',
      service: 's',
      scope: 'repository:app:pull',
    };
    expect(forms).toEqual([
      { ...form, refresh_token: 'refresh-0' },
      { ...form, refresh_token: 'refresh-1' },
    ]);
  });

  it('is no password', async () => {
    const server = await start(
      () => ({ status: 500 }),
      () => 'Basic realm="r"',
    );
    const session = open(inline(server.host, { identitytoken: 'refresh-0' }));
    await expect(session.repository(`${server.host}/app`, 'pull').has(BLOB)).rejects.toMatchObject({
      code: 'REGISTRY_AUTH',
    });
    expect(server.seen.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
  });
});

describe('a registry token', () => {
  it('is sent as it is, and no token server is asked', async () => {
    const server = await start(() => ({ status: 500 }));
    const session = open(inline(server.host, { registrytoken: 'as-it-is', identitytoken: 'not-this' }));
    expect(await session.repository(`${server.host}/app`, 'pull').has(BLOB)).toBe(false);
    expect(server.seen.at(-1)?.headers['authorization']).toBe('Bearer as-it-is');
    expect(tokenRequests(server)).toEqual([]);
  });
});

describe('a credential nobody gave for the registry', () => {
  const refusing = () =>
    start((request) =>
      request.headers['authorization'] === undefined
        ? { body: { token: 'anonymous' } }
        : { status: 403, body: { errors: [{ code: 'DENIED', message: 'no scope' }] } },
    );

  it('that is refused leaves public images to everybody', async () => {
    const server = await refusing();
    const session = open(given(server.host, { implied: true, origin: 'GITHUB_TOKEN' }));
    expect(await session.repository(`${server.host}/app`, 'pull').has(BLOB)).toBe(false);
    expect(server.seen.at(-1)?.headers['authorization']).toBe('Bearer anonymous');
  });

  it('is no such thing where somebody gave it', async () => {
    const server = await refusing();
    const session = open(given(server.host));
    await expect(session.repository(`${server.host}/app`, 'pull').has(BLOB)).rejects.toMatchObject({
      code: 'REGISTRY_AUTH',
      message: expect.stringContaining('no scope') as string,
    });
    expect(tokenRequests(server)).toHaveLength(1);
  });
});

describe('several challenges', () => {
  it.each([
    ['Basic first', (url: string) => `Basic realm="r", Bearer realm="${url}/token"`],
    ['Bearer first', (url: string) => `Bearer realm="${url}/token", Basic realm="r"`],
    ['Negotiate first', (url: string) => `Negotiate, Bearer realm="${url}/token"`],
  ])('are answered with a token: %s', async (_, challenge) => {
    const server = await start(
      () => ({ body: { token: 'the-token' } }),
      (authorization, url) => (authorization === undefined ? challenge(url) : undefined),
    );
    await open(given(server.host)).repository(`${server.host}/app`, 'pull').has(BLOB);
    expect(server.seen.at(-1)?.headers['authorization']).toBe('Bearer the-token');
  });
});

describe.skipIf(TLS === undefined)(
  `a token server elsewhere${TLS === undefined ? ' (no openssl)' : ''}`,
  () => {
    it('is asked where it is reached by https as the registry is', async () => {
      const auth = { kind: 'bearer', ...USER } as const;
      const tls = TLS === undefined ? {} : { tls: TLS };
      const tokens = await startRegistry({ auth, ...tls });
      const realm = `${tokens.url.replace('127.0.0.1', 'localhost')}/token`;
      const registry = await startRegistry({ auth: { ...auth, realm }, ...tls });
      running.push(tokens, registry);
      const registries = { skipTlsVerifyRegistries: [registry.host] };
      const session = open({ ...given(registry.host), registries });
      // Its tokens are not those this registry knows, but they were given out and sent.
      await session
        .repository(`${registry.host}/app`)
        .has(BLOB)
        .catch(() => undefined);
      expect(tokens.requests.map(({ step, status }) => [step, status])).toContainEqual(['token', 200]);
      expect(registry.requests.at(-1)?.headers['authorization']).toMatch(/^Bearer canary-token-/);
    });
  },
);
