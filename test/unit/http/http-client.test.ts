import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { BuildError } from '../../../src/errors/index.ts';
import { createHttpClient, isTransient } from '../../../src/http/index.ts';
import { serve } from './loopback.ts';

const http = createHttpClient({ env: {} });
afterAll(() => http.close());

describe('bodies', () => {
  it('arrive as sent, never decompressed', async () => {
    const packed = gzipSync('hello');
    const origin = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBe('identity');
      response.setHeader('content-encoding', 'gzip').end(packed);
    });
    const response = await http.request({ method: 'GET', url: origin });
    expect(Buffer.compare(await response.bytes(1000), packed)).toBe(0);
  });

  it('are capped at the limit, and read at the limit', async () => {
    const origin = await serve((_, response) => void response.end('12345'));
    const get = () => http.request({ method: 'GET', url: origin });
    expect(await (await get()).text(5)).toBe('12345');
    await expect((await get()).text(4)).rejects.toMatchObject({ code: 'NETWORK' });
  });

  it('are streamed with their length', async () => {
    const origin = await serve((request, response) => {
      const length = request.headers['content-length'];
      request.setEncoding('utf8').on('data', (text: string) => response.end(`${length}:${text}`));
    });
    const body = async function* () {
      yield Buffer.from('abc');
    };
    const sent = await http.request({ method: 'PUT', url: origin, body, bodyLength: 3 });
    expect(await sent.text(100)).toBe('3:abc');
  });

  it('pass the errors of their source on unchanged', async () => {
    const origin = await serve((request) => void request.resume());
    // eslint-disable-next-line require-yield
    const body = async function* (): AsyncGenerator<Uint8Array> {
      throw new BuildError('CONTENT', 'source is damaged');
    };
    await expect(http.request({ method: 'PUT', url: origin, body, bodyLength: 3 })).rejects.toMatchObject({
      code: 'CONTENT',
    });
  });

  it('that break off are a passing NETWORK error', async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('part', () => response.destroy());
    });
    const response = await http.request({ method: 'GET', url: origin });
    const error: unknown = await response.bytes(1000).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'NETWORK' });
    expect(isTransient(error)).toBe(true);
  });
});

describe('failures', () => {
  it('to connect are NETWORK, with address and reason', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error: unknown = await http
      .request({ method: 'GET', url: `http://127.0.0.1:${port}/x?token=secret` })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'NETWORK',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect((error as Error).message).not.toContain('secret');
    expect(isTransient(error)).toBe(true);
  });

  it('by abort are CANCELLED', async () => {
    const origin = await serve(() => undefined);
    const abort = new AbortController();
    const pending = http.request({ method: 'GET', url: origin, signal: abort.signal });
    abort.abort();
    await expect(pending).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('come from headers beyond the cap', async () => {
    const origin = await serve((_, response) => void response.setHeader('x', 'y'.repeat(40_000)).end());
    await expect(http.request({ method: 'GET', url: origin })).rejects.toMatchObject({ code: 'NETWORK' });
  });

  it.each(['not a url', 'ftp://h/x', 'file:///etc/passwd'])('come from %s', async (url) => {
    await expect(http.request({ method: 'GET', url })).rejects.toMatchObject({ code: 'NETWORK' });
  });
});

describe('redirects', () => {
  it('keep headers on the same origin and drop secrets on another, for good', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers['x-secret'] as string | undefined);
      response.writeHead(302, { location: `${origin}/back` }).end();
    });
    const origin: string = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers['x-secret'] as string | undefined);
      if (request.url === '/1') response.writeHead(307, { location: '/2' }).end();
      else if (request.url === '/2') response.writeHead(302, { location: `${other}/3` }).end();
      else response.end('done');
    });
    const headers = { Authorization: 'Bearer t', 'X-Secret': 's', accept: 'a/b' };
    const response = await http.request({ method: 'GET', url: `${origin}/1`, headers });
    expect(await response.text(10)).toBe('done');
    expect(response.url).toBe(`${origin}/back`);
    expect(seen).toEqual(['Bearer t', 's', 'Bearer t', 's', undefined, undefined, undefined, undefined]);
  });

  it('that go round or never end are refused', async () => {
    const origin = await serve((request, response) => {
      const next = request.url === '/loop' ? '/loop' : `/${Number(request.url?.slice(1)) + 1}`;
      response.writeHead(302, { location: next }).end();
    });
    for (const path of ['/loop', '/1'])
      await expect(http.request({ method: 'GET', url: origin + path })).rejects.toThrow(/without end/);
  });

  it.each(['file:///etc/passwd', 'gopher://x/', 'http://['])('to %s are refused', async (location) => {
    const origin = await serve((_, response) => void response.writeHead(302, { location }).end());
    await expect(http.request({ method: 'GET', url: origin })).rejects.toThrow(/no web address/);
  });

  it('repeat a stream after 307 and refuse one after 302', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/end') return void request.pipe(response);
      request
        .resume()
        .on('end', () => response.writeHead(Number(request.url?.slice(1)), { location: '/end' }).end());
    });
    const body = async function* () {
      yield Buffer.from('again');
    };
    const sent = await http.request({ method: 'PUT', url: `${origin}/307`, body, bodyLength: 5 });
    expect(await sent.text(10)).toBe('again');
    await expect(http.request({ method: 'PUT', url: `${origin}/302`, body, bodyLength: 5 })).rejects.toThrow(
      /refused a redirect/,
    );
  });

  it('are left alone when asked', async () => {
    const origin = await serve((_, response) => void response.writeHead(302, { location: '/x' }).end());
    const response = await http.request({ method: 'GET', url: origin, redirects: 'manual' });
    expect([response.status, response.header('Location')]).toEqual([302, '/x']);
  });
});

describe('a proxy', () => {
  it('gets plain requests by absolute address', async () => {
    const proxy = await serve((request, response) => void response.end(`${request.method} ${request.url}`));
    const client = createHttpClient({ env: { HTTP_PROXY: proxy } });
    const response = await client.request({ method: 'GET', url: 'http://registry.invalid/v2/' });
    expect(await response.text(100)).toBe('GET http://registry.invalid/v2/');
    await client.close();
  });

  it('gets CONNECT for https', async () => {
    const lines: string[] = [];
    const server = createServer((socket) => {
      socket.once('data', (data) => {
        lines.push(data.toString('latin1').split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const client = createHttpClient({ env: { https_proxy: `127.0.0.1:${port}` } });
    await expect(
      client.request({ method: 'GET', url: 'https://registry.invalid/v2/' }),
    ).rejects.toMatchObject({
      code: 'NETWORK',
    });
    expect(lines[0]).toBe('CONNECT registry.invalid:443 HTTP/1.1');
    await client.close();
    server.close();
  });
});
