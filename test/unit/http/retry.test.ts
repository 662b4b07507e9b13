import { describe, expect, it } from 'vitest';
import { BuildError } from '../../../src/errors/index.ts';
import { type HttpResponse, type Waiting, withRetries } from '../../../src/http/index.ts';
import { retryAfterMs } from '../../../src/http/retry-after.ts';

const NOW = Date.UTC(2026, 0, 1);
const policy = { attempts: 4, baseMs: 1000, maxMs: 3000, retryAfterMaxMs: 60_000 };

function answer(status: number, headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    url: 'https://h/',
    header: (name) => headers[name],
    discard: () => Promise.resolve(),
  } as HttpResponse;
}

function broken(code: string): BuildError {
  return new BuildError('NETWORK', 'broken', { cause: Object.assign(new Error('x'), { code }) });
}

async function script(steps: readonly (HttpResponse | Error)[], random = 0) {
  const waits: number[] = [];
  const waiting: Waiting = {
    sleep: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    random: () => random,
    now: () => NOW,
  };
  let calls = 0;
  const send = (): Promise<HttpResponse> => {
    const step = steps[Math.min(calls++, steps.length - 1)];
    return step instanceof Error ? Promise.reject(step) : Promise.resolve(step as HttpResponse);
  };
  const outcome = await withRetries(send, { policy, waiting }).then(
    (response) => response.status,
    (error: unknown) => (error as Error).message,
  );
  return { outcome, calls, waits };
}

describe('withRetries', () => {
  it.each([408, 425, 429, 499, 500, 502, 503, 504, 522])('repeats %i', async (status) => {
    expect(await script([answer(status), answer(200)])).toEqual({ outcome: 200, calls: 2, waits: [500] });
  });

  it.each([200, 301, 400, 401, 403, 404, 405, 409, 413, 416, 501])('does not repeat %i', async (status) => {
    expect(await script([answer(status)])).toMatchObject({ outcome: status, calls: 1 });
  });

  it.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_BODY_TIMEOUT', 'EAI_AGAIN'])(
    'repeats after %s',
    async (code) => {
      expect(await script([broken(code), broken(code), answer(200)])).toMatchObject({
        outcome: 200,
        calls: 3,
      });
    },
  );

  it.each(['ENOTFOUND', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED'])(
    'gives up at once after %s',
    async (code) => {
      expect(await script([broken(code)])).toMatchObject({ outcome: 'broken', calls: 1 });
    },
  );

  it('doubles the wait up to the cap, between half and all of it', async () => {
    expect((await script([answer(500)])).waits).toEqual([500, 1000, 1500]);
    expect((await script([answer(500)], 0.999999)).waits).toEqual([1000, 2000, 3000]);
  });

  it('returns the last answer and throws the last error', async () => {
    expect(await script([answer(503)])).toMatchObject({ outcome: 503, calls: 4 });
    expect(await script([broken('EPIPE')])).toMatchObject({ outcome: 'broken', calls: 4 });
  });

  it('waits as long as the server asks, and gives up where that is too long', async () => {
    expect((await script([answer(429, { 'retry-after': '7' }), answer(200)])).waits).toEqual([7000]);
    expect((await script([answer(429, { 'retry-after': '60' }), answer(200)])).waits).toEqual([60_000]);
    expect(await script([answer(429, { 'retry-after': '61' })])).toEqual({
      outcome: 429,
      calls: 1,
      waits: [],
    });
  });

  it('ends with CANCELLED when aborted while waiting', async () => {
    const send = (): Promise<HttpResponse> => Promise.resolve(answer(500));
    await expect(withRetries(send, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    [' 12 ', 12_000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['-5', undefined],
    ['1e9', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is %j', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});
