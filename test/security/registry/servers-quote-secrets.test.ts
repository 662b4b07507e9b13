import { afterEach, describe, expect, it } from 'vitest';
import { createCanaries } from '../../support/leaks/canaries.ts';
import { answeringServer, type AnsweringServer, type SeenRequest } from '../../support/answering-server.ts';
import { layerOf, openSession, streamOf, type Session } from '../../support/registry-session.ts';

const USER = { username: 'canary-user', password: 'canary-"password"-äöü' };
const IDENTITY = 'canary-identity-0123456789';
const TOKEN = 'canary-access-0123456789';
const BLOB = layerOf(Buffer.from('content'));
const canaries = createCanaries([USER.password, `${USER.username}:${USER.password}`, IDENTITY, TOKEN]);

const running: (AnsweringServer | Session)[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

/** A registry (and token server) that writes all it was sent into its error messages. */
async function quotingRegistry(
  status: number,
  failing: 'registry' | 'token',
  secret: string,
): Promise<AnsweringServer> {
  const quote = (request: SeenRequest) => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: { errors: [{ code: 'DENIED', message: `${secret} ${JSON.stringify(request)}` }] },
  });
  const server = await answeringServer((request) => {
    if (request.path.startsWith('/token'))
      return failing === 'token' ? quote(request) : { body: { token: TOKEN } };
    if (request.headers['authorization'] === undefined) {
      const challenge = `Bearer realm="${server.url}/token",service="s"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    }
    return quote(request);
  });
  running.push(server);
  return server;
}

function open(server: AnsweringServer, identity: boolean): Session {
  const registry = server.url.replace('http://', '');
  const config = { auths: { [registry]: { identitytoken: IDENTITY } } };
  const session = openSession(
    identity
      ? { env: { HOME: '/nonexistent', DOCKER_AUTH_CONFIG: JSON.stringify(config) } }
      : { credentials: [{ registry, ...USER }] },
  );
  running.push(session);
  return session;
}

describe.each(['registry', 'token'] as const)('what the %s server writes', (failing) => {
  it.each(
    [400, 401, 403, 404, 429, 500].flatMap((status) => [false, true].map((id) => [status, id] as const)),
  )('with status %s shows no secret (identity token: %s)', async (status, identity) => {
    const server = await quotingRegistry(status, failing, identity ? IDENTITY : USER.password);
    const session = open(server, identity);
    const target = session.repository(`${server.url.replace('http://', '')}/app`);
    const works = [
      () => target.checkPush(),
      () => target.getManifest('v1'),
      () => target.put(BLOB, streamOf(Buffer.from('content'))),
    ];
    for (const work of works) {
      const error = await work().then(
        () => undefined,
        (thrown: unknown) => thrown as Error & { readonly hint?: string },
      );
      if (error === undefined) throw new Error('nothing was refused');
      const shown = [error.message, error.stack, error.hint, JSON.stringify(error), ...session.warnings].join(
        '\n',
      );
      expect(canaries.bytesIn(shown), shown).toBe(0);
      expect(shown).not.toContain(Buffer.from(USER.username).toString('base64').slice(0, 12));
    }
  });
});

describe('an address a registry names', () => {
  it.each([
    ['redirects to plain HTTP', (url: string) => `http://localhost:1/${url}`],
    ['redirects to nowhere', (url: string) => `ftp://localhost:1/${url}`],
    ['redirects without end', (url: string) => `/v2/app/x?${url}`],
  ])('shows no secret where it %s', async (_, location) => {
    const server: AnsweringServer = await answeringServer((request) => {
      if (request.headers['authorization'] === undefined)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
      const { authorization } = request.headers;
      const headers = { location: encodeURI(location(`${String(authorization)} ${USER.password}`)) };
      return { status: request.method === 'POST' ? 202 : 307, headers };
    });
    running.push(server);
    const session = open(server, false);
    const target = session.repository(`${server.url.replace('http://', '')}/app`);
    for (const work of [
      () => target.getManifest('v1'),
      () => target.put(BLOB, streamOf(Buffer.from('content'))),
    ]) {
      const error = (await work().then(
        () => undefined,
        (thrown: unknown) => thrown,
      )) as Error | undefined;
      const shown = [error?.message, error?.stack, (error?.cause as Error | undefined)?.message].join('\n');
      expect(error).toBeDefined();
      expect(canaries.bytesIn(shown), shown).toBe(0);
    }
  });
});
