import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadFile } from '../../../src/context/index.ts';
import { parseHttpDate } from '../../../src/context/http-date.ts';
import { BuildError } from '../../../src/errors/index.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../../src/http/index.ts';

const BODY = Buffer.from('the file');
const hash = (algorithm: string): string =>
  `${algorithm}:${createHash(algorithm).update(BODY).digest('hex')}`;

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly breaks?: boolean;
}

/** A client that gives these answers, one a request, and the last one again. */
function answering(...answers: readonly Answer[]): { http: HttpClient; requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  const request = (sent: HttpRequest): Promise<HttpResponse> => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? {};
    requests.push(sent);
    return Promise.resolve(toResponse(answer, sent.url));
  };
  return { http: { request, close: () => Promise.resolve() }, requests };
}

function toResponse({ status = 200, headers = {}, body = BODY, breaks }: Answer, url: string): HttpResponse {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield body;
    await Promise.resolve();
    if (breaks === true) throw transient();
  }
  return {
    status,
    url,
    header: (name) => headers[name],
    body: stream(),
    text: () => Promise.reject(new Error('not read whole')),
    bytes: () => Promise.reject(new Error('not read whole')),
    discard: () => Promise.resolve(),
  };
}

function transient(): BuildError {
  const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  return new BuildError('NETWORK', 'the connection broke', { cause });
}

const waiting = { sleep: () => Promise.resolve(), random: () => 0, now: () => 0 };
const retries = { waiting };
const url = 'https://user:secret@example.com/x.tar?token=hush';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'download-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('downloadFile', () => {
  it('stores the file and tells its size, digest and time', async () => {
    const headers = {
      'content-length': '8',
      'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
      'content-disposition': 'attachment; filename=other',
    };
    const download = await downloadFile(answering({ headers }).http, { url, directory });
    expect(download).toMatchObject({ size: 8, digest: hash('sha256'), lastModified: 784_111_777 });
    expect(readFileSync(download.path, 'utf8')).toBe('the file');
    expect(readdirSync(directory)).toHaveLength(1);
    expect(download.path).not.toContain('other');
  });

  it.each(['sha256', 'sha384', 'sha512'])('verifies %s', async (algorithm) => {
    const { http } = answering({});
    const good = await downloadFile(http, { url, directory, checksum: hash(algorithm) });
    expect(good.digest).toBe(hash('sha256'));
    const checksum = hash(algorithm).replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    await expect(downloadFile(http, { url, directory, checksum })).rejects.toMatchObject({ code: 'CONTENT' });
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it.each([400, 401, 404, 206, 304])(
    'fails for status %i without a second try and without showing credentials',
    async (status) => {
      const { http, requests } = answering({ status });
      const error = (await downloadFile(http, { url, directory, retries }).catch(
        (caught: unknown) => caught,
      )) as BuildError;
      expect(error.code).toBe('CONTEXT');
      expect(error.message).toContain(String(status));
      expect(error.message).not.toMatch(/secret|hush/);
      expect(requests).toHaveLength(1);
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  it('begins again after a broken connection and after answers that pass', async () => {
    const { http, requests } = answering({ breaks: true, body: BODY.subarray(0, 3) }, { status: 503 }, {});
    const download = await downloadFile(http, { url, directory, retries });
    expect(readFileSync(download.path, 'utf8')).toBe('the file');
    expect(requests).toHaveLength(3);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it('refuses a file that is shorter or longer than announced', async () => {
    for (const length of ['7', '9']) {
      const { http } = answering({ headers: { 'content-length': length } });
      await expect(downloadFile(http, { url, directory, retries })).rejects.toMatchObject({
        code: 'NETWORK',
      });
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it.each(['ftp://example.com/x', 'file:///etc/passwd', 'no url'])('does not fetch %s', async (bad) => {
    const { http, requests } = answering({});
    await expect(downloadFile(http, { url: bad, directory })).rejects.toThrow(/no http or https URL/);
    expect(requests).toEqual([]);
  });
});

describe('parseHttpDate', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', 784_111_777],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 784_111_777],
    ['Sun Nov  6 08:49:37 1994', 784_111_777],
    ['1994-11-06T08:49:37Z', undefined],
    ['Sun, 99 Nov 1994 08:49:37 GMT', undefined],
    ['', undefined],
  ])('reads %j', (text, seconds) => {
    expect(parseHttpDate(text)).toBe(seconds);
  });
});
