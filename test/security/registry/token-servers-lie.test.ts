import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from 'vitest';
import { layerOf, openSession } from '../../support/registry-session.ts';

const BLOB = layerOf(Buffer.from('content'));
const USER = { username: 'u', password: 'canary-password' };
const MIB = 1024 * 1024;

interface Liar {
  readonly host: string;
  /** Authorization headers the registry itself was sent. */
  readonly proofs: string[];
  tokenRequests: number;
  close(): Promise<void>;
}

let liar: Liar | undefined;
afterEach(async () => {
  await liar?.close();
  liar = undefined;
});

/** A registry with this challenge, whose token server answers so. */
async function start(
  token: (response: ServerResponse, url: string) => void,
  challenge: (url: string) => string | string[] = (url) => `Bearer realm="${url}/token",service="s"`,
): Promise<Liar> {
  const proofs: string[] = [];
  let url = '';
  const server = createServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
    request.resume();
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    if (request.url?.startsWith('/token') === true) {
      made.tokenRequests += 1;
      return token(response, url);
    }
    const { authorization } = request.headers;
    if (authorization === undefined)
      return void response.writeHead(401, { 'www-authenticate': challenge(url) }).end();
    proofs.push(authorization);
    return void response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `http://${host}`;
  const made: Liar = {
    host,
    proofs,
    tokenRequests: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  liar = made;
  return made;
}

async function ask({ host }: Liar): Promise<unknown> {
  const session = openSession({ credentials: [{ registry: host, ...USER }] });
  try {
    return await session.repository(`${host}/app`).has(BLOB);
  } catch (error) {
    return error;
  } finally {
    await session.close();
  }
}

const json = (body: unknown) => (response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const text =
  (body: string, status = 200) =>
  (response: ServerResponse) =>
    void response.writeHead(status).end(body);
const endless =
  (start: string, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status);
    response.write(start);
    const chunk = 'a'.repeat(64 * 1024);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };

describe('a token server that answers', () => {
  it.each([
    ['a page', text('<html><body>Sign in</body></html>')],
    ['nothing', text('')],
    ['a text', text('"token"')],
    ['a list', json([{ token: 'a' }])],
    ['no token', json({ expires_in: 300 })],
    ['a number for a token', json({ token: 42 })],
    ['an object for a token', json({ token: { toString: 'x' } })],
    ['a token with a line break', json({ token: 'a\r\nx-injected: 1' })],
    ['a token with a NUL', json({ token: 'a\0b' })],
    ['a token with a space', json({ token: 'a b' })],
    ['a token beyond ASCII', json({ token: 'ä' })],
    ['a token of 100 KiB', json({ token: 'a'.repeat(100 * 1024) })],
    ['a lifetime that is no number', json({ token: 'a', expires_in: 'soon' })],
    ['JSON nested without end', text('['.repeat(100_000))],
  ])('%s is an error, and nothing of it is sent on', async (_, answer) => {
    const server = await start(answer);
    expect(await ask(server)).toMatchObject({ code: 'REGISTRY' });
    expect(server.proofs).toEqual([]);
  });

  it.each([
    ['a lifetime below zero', { expires_in: -1 }],
    ['a lifetime of nothing', { expires_in: 0 }],
    ['a lifetime of ages', { expires_in: 1e300 }],
    ['a birth in the future', { expires_in: 300, issued_at: '2999-01-01T00:00:00Z' }],
    ['a birth that is no time', { expires_in: 300, issued_at: 'x'.repeat(10_000) }],
  ])('%s does no harm', async (_, more) => {
    const server = await start(json({ token: 'good', ...more }));
    expect(await ask(server)).toBe(false);
    expect([server.proofs, server.tokenRequests]).toEqual([['Bearer good'], 1]);
  });

  it.each([200, 403, 500])('without end (status %s) is cut off', async (status) => {
    const server = await start(endless('{"token":"', status));
    const before = process.memoryUsage().rss;
    expect(await ask(server)).toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('more than') as string,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * MIB);
    expect(server.proofs).toEqual([]);
  });

  it('headers without end is cut off', async () => {
    const server = await start(
      (response) => void response.writeHead(200, { x: 'a'.repeat(64 * 1024) }).end('{}'),
    );
    expect(await ask(server)).toMatchObject({ code: 'NETWORK' });
  });

  it('orders to the terminal and the runner has them made harmless', async () => {
    const server = await start(
      text(JSON.stringify({ details: '\x1b[2J\r\n::set-output name=a::b\n##[error]x' }), 403),
    );
    const error = (await ask(server)) as Error;
    expect(error).toMatchObject({ code: 'REGISTRY_AUTH' });
    expect(error.message).not.toMatch(/[\x00-\x1f]/);
  });
});

describe('a challenge', () => {
  const good = json({ token: 'good' });

  it.each([
    ['another scheme', 'Negotiate', undefined],
    ['no realm', 'Bearer service="s"', undefined],
    ['no address for a realm', 'Bearer realm="http://"', undefined],
    ['a realm in a file', 'Bearer realm="file:///etc/passwd"', undefined],
    ['a realm of script', 'Bearer realm="javascript:alert(1)"', undefined],
    ['a realm with a user name', 'Bearer realm="http://u:p@HOST/token"', undefined],
    ['a realm on another host', 'Bearer realm="http://localhost:1/token"', undefined],
    ['a realm at a metadata service', 'Bearer realm="http://[::ffff:a9fe:a9fe]/token"', undefined],
    ['nothing at all', '', undefined],
    ['a scope with a line break', 'Bearer realm="URL/token",scope="a\tb"', 'Bearer good'],
    [
      'a scope of 20 KiB',
      `Bearer realm="URL/token",scope="${'repository:a:pull '.repeat(1200)}"`,
      'Bearer good',
    ],
    ['two realms', 'Bearer realm="URL/token",realm="http://localhost:1/token"', 'Bearer good'],
    [
      'a second challenge elsewhere',
      'Bearer realm="URL/token", Bearer realm="http://localhost:1/"',
      'Bearer good',
    ],
    ['a broken one before', '=, ,"x" ((, Bearer realm="URL/token"', 'Bearer good'],
  ])('with %s', async (_, challenge, proof) => {
    const server = await start(good, (url) =>
      challenge.replaceAll('URL', url).replaceAll('HOST', url.replace('http://', '')),
    );
    const result = await ask(server);
    expect(server.proofs).toEqual(proof === undefined ? [] : [proof]);
    if (proof === undefined) expect(result).toMatchObject({ code: 'REGISTRY_AUTH' });
    if (proof === undefined) expect(server.tokenRequests).toBe(0);
  });

  it('that comes again and again is answered twice', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      request.resume();
      asked += 1;
      const { port } = server.address() as AddressInfo;
      if (request.url?.startsWith('/token') === true) return void response.end('{"token":"t"}');
      const challenge = `Bearer realm="http://127.0.0.1:${port}/token",error="insufficient_scope",scope="s${asked}"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const made = {
      host,
      proofs: [],
      tokenRequests: 0,
      close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
    };
    expect(await ask(made)).toMatchObject({ code: 'REGISTRY_AUTH' });
    expect(asked).toBeLessThan(8);
    server.closeAllConnections();
    await made.close();
  });

  it('of many parts takes no time', async () => {
    const many = Array.from({ length: 400 }, (_, index) => `Scheme${index} a="b",c="d\\"e"`).join(', ');
    const server = await start(good, (url) => `${many}, Bearer realm="${url}/token"`);
    const begun = performance.now();
    expect(await ask(server)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
