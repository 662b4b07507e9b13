import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CacheOptions } from '../../src/request/index.ts';
import { cacheAt } from '../support/cache-options.ts';
import { openSite, type BuildSite } from '../support/build-site.ts';
import { HTTP_BACKEND, startGitServer } from '../support/git/http-server.ts';
import { openRepositories } from '../support/git/repository.ts';

/** What the server has under every path, and what it understands. */
interface Served {
  body: string;
  etag?: string;
  lastModified?: string;
  head: 'answered' | 'refused' | 'without validator';
  /** Whether `If-None-Match` is minded. */
  conditions: boolean;
}

let site: BuildSite;
let server: Server;
let origin: string;
let served: Served;
let asked: string[] = [];
let bytes = 0;

beforeAll(async () => {
  site = await openSite();
  server = createServer((request, response) => {
    const { method = '', headers } = request;
    asked.push(method);
    answer(method, headers['if-none-match'], response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await site.close();
});
beforeEach(() => {
  served = { body: 'one', etag: '"1"', head: 'answered', conditions: true };
  forget();
});

function answer(method: string, condition: string | undefined, response: ServerResponse): void {
  const { body, etag, lastModified, head, conditions } = served;
  if (method === 'HEAD' && head === 'refused') return void response.writeHead(405).end();
  const strong = etag?.replace(/^W\//, '');
  if (conditions && condition !== undefined && condition === strong && head !== 'without validator')
    return void response.writeHead(304, { etag }).end();
  const hasValidator = etag !== undefined && !(method === 'HEAD' && head === 'without validator');
  response.writeHead(200, {
    'content-length': body.length,
    ...(hasValidator && { etag }),
    ...(lastModified !== undefined && { 'last-modified': lastModified }),
  });
  if (method !== 'HEAD') bytes += body.length;
  response.end(method === 'HEAD' ? undefined : body);
}

function forget(): void {
  asked = [];
  bytes = 0;
}

let count = 0;
function freshCache(): CacheOptions {
  const directory = join(site.directory, `downloads-cache${count++}`);
  mkdirSync(directory);
  return cacheAt({ type: 'local', directory });
}

const file = (flags = ''): string => `FROM scratch\nADD ${flags}${origin}/file /file`;

/** Builds; what was in the file and what was asked for. */
async function build(cache: CacheOptions, text = file()) {
  forget();
  const { read, result } = await site.built(text, { cache });
  const hits = result.cache?.steps.map(({ hit }) => hit);
  return { text: read('/file'), hits, asked, bytes };
}

describe('ADD of a URL', () => {
  it('is downloaded once, and asked for by its validator after that', async () => {
    const cache = freshCache();
    expect(await build(cache)).toEqual({ text: 'one', hits: [false], asked: ['GET'], bytes: 3 });
    expect(await build(cache)).toEqual({ text: 'one', hits: [true], asked: ['HEAD'], bytes: 0 });
  });

  it('is downloaded again where the server says that it is another', async () => {
    const cache = freshCache();
    await build(cache);
    Object.assign(served, { body: 'other', etag: '"2"' });
    expect(await build(cache)).toEqual({ text: 'other', hits: [false], asked: ['HEAD', 'GET'], bytes: 5 });
    expect(await build(cache)).toMatchObject({ text: 'other', hits: [true], bytes: 0 });
  });

  it('is the same where only the validator changed', async () => {
    const cache = freshCache();
    await build(cache);
    served.etag = '"2"';
    expect(await build(cache)).toMatchObject({ hits: [true], asked: ['HEAD', 'GET'], bytes: 3 });
    expect(await build(cache)).toMatchObject({ hits: [true], asked: ['HEAD'], bytes: 0 });
  });

  it.each(['refused', 'without validator'] as const)('by a server whose HEAD is %s', async (head) => {
    served.head = head;
    const cache = freshCache();
    await build(cache);
    const again = await build(cache);
    expect(again).toMatchObject({ text: 'one', hits: [true], asked: ['HEAD', 'GET'] });
    expect(again.bytes).toBe(head === 'refused' ? 0 : 3);
  });

  it('by a server that takes no notice of conditions', async () => {
    served.conditions = false;
    const cache = freshCache();
    await build(cache);
    expect(await build(cache)).toMatchObject({ hits: [true], asked: ['HEAD'], bytes: 0 });
  });

  it('with a weak validator is taken as with a strong one', async () => {
    served.etag = 'W/"1"';
    const cache = freshCache();
    await build(cache);
    expect(await build(cache)).toMatchObject({ hits: [true], asked: ['HEAD'], bytes: 0 });
    served.etag = '"1"';
    expect(await build(cache)).toMatchObject({ hits: [true], asked: ['HEAD'], bytes: 0 });
  });

  it('without a validator is downloaded each time, and compared by content', async () => {
    delete served.etag;
    served.lastModified = 'Sun, 06 Nov 1994 08:49:37 GMT';
    const cache = freshCache();
    await build(cache);
    expect(await build(cache)).toMatchObject({ hits: [true], asked: ['GET'], bytes: 3 });
    served.body = 'two';
    expect(await build(cache)).toMatchObject({ text: 'two', hits: [false], asked: ['GET'] });
  });

  it('with a later time is another file', async () => {
    const cache = freshCache();
    await build(cache);
    Object.assign(served, { etag: '"2"', lastModified: 'Sun, 06 Nov 1994 08:49:37 GMT' });
    expect(await build(cache)).toMatchObject({ hits: [false] });
  });

  it('that lies about its validator is believed where nothing is fetched, and never kept as what it is not', async () => {
    const cache = freshCache();
    await build(cache);
    served.body = 'lie';
    expect(await build(cache)).toMatchObject({ text: 'one', hits: [true], bytes: 0 });
    // Another step that needs the bytes sees that they are not what they were said to be.
    const elsewhere = `FROM scratch\nADD ${origin}/file /x/\nCOPY --from=0 /x/file /file`.replace(
      'COPY',
      'FROM scratch\nCOPY',
    );
    expect(await build(cache, elsewhere)).toMatchObject({ text: 'lie' });
    expect(await build(cache, elsewhere)).toMatchObject({ text: 'lie' });
    expect(await build(cache)).toMatchObject({ text: 'lie' });
  });

  it('under another address of the same name is the same', async () => {
    const cache = freshCache();
    await build(cache);
    const other = file().replace('/file /', '/signed/file?token=2 /');
    expect(await build(cache, other)).toMatchObject({ text: 'one', hits: [true] });
  });

  it('with a checksum is asked for by nobody', async () => {
    const digest = createHash('sha256').update('one').digest('hex');
    const flags = `--checksum=sha256:${digest} `;
    const cache = freshCache();
    expect(await build(cache, file(flags))).toMatchObject({ hits: [false], asked: ['GET'] });
    served.body = 'gone';
    expect(await build(cache, file(flags))).toEqual({ text: 'one', hits: [true], asked: [], bytes: 0 });
    await expect(
      build(cache, file(flags.replace(/\d (?=$)/, 'f ').replace('sha256:', 'sha512:'))),
    ).rejects.toThrow();
  });
});

describe.skipIf(HTTP_BACKEND === undefined)('ADD of a git repository (needs git http-backend)', () => {
  it('is found by its commit, and fetched where that is another', async () => {
    const repositories = openRepositories();
    const git = await startGitServer(repositories.directory);
    try {
      const repository = repositories.create('app');
      const first = repository.commit({ f: 'first' });
      repository.git('tag', '-a', '-m', 'annotated', 'v1');
      const cache = freshCache();
      const made = async (fragment: string) => {
        const before = git.authorizations.length;
        const { read, result } = await site.built(
          `FROM scratch\nADD http://${git.host}/app/.git${fragment} /`,
          { cache },
        );
        const hits = result.cache?.steps.map(({ hit }) => hit);
        return { text: read('/f'), hits, requests: git.authorizations.length - before };
      };
      const cold = await made('');
      expect(cold).toMatchObject({ text: 'first', hits: [false] });
      const warm = await made('');
      expect(warm).toMatchObject({ text: 'first', hits: [true] });
      expect(warm.requests).toBeLessThan(cold.requests);
      expect(await made('#v1')).toMatchObject({ text: 'first', hits: [false] });
      expect(await made('#v1')).toMatchObject({ text: 'first', hits: [true], requests: warm.requests });
      await made(`#${first}`);
      expect(await made(`#${first}`)).toMatchObject({ text: 'first', hits: [true], requests: 0 });
      const part = `#${first.slice(0, 10)}`;
      await made(part);
      expect(await made(part)).toMatchObject({ text: 'first', hits: [true] });
      repository.commit({ f: 'second' });
      expect(await made('')).toMatchObject({ text: 'second', hits: [false] });
      expect(await made('#v1')).toMatchObject({ text: 'first', hits: [true] });
    } finally {
      await git.close();
      repositories.close();
    }
  });
});
