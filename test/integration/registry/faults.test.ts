import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuildError } from '../../../src/errors/index.ts';
import { collect, layerOf, openSession, streamOf, type Session } from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

const BYTES = randomBytes(4_000_000);
const BLOB = layerOf(BYTES);

let registry: RunningRegistry;
let session: Session;
beforeEach(async () => {
  registry = await startRegistry();
  session = openSession();
});
afterEach(async () => {
  await session.close();
  await registry.close();
});

const target = () => session.repository(`${registry.host}/app`);
const push = () => target().put(BLOB, streamOf(BYTES));

describe('lasting faults', () => {
  it('end after some attempts, saying what failed', async () => {
    registry.faults.inject(
      'upload-start',
      { kind: 'status', status: 503, body: 'down for repair' },
      { times: 99 },
    );
    await expect(push()).rejects.toMatchObject({
      code: 'REGISTRY',
      message: expect.stringMatching(
        /app: upload of sha256:.* failed \(status 503: down for repair\)/,
      ) as string,
    });
  });

  it.each([400, 401, 403, 404, 405, 413])('%i on a manifest is not tried again', async (status) => {
    registry.faults.inject('manifest-get', { kind: 'status', status }, { times: 99 });
    await expect(target().getManifest('x')).rejects.toThrow(BuildError);
    expect(registry.steps().filter((step) => step === 'manifest-get').length).toBe(1);
  });

  it('are reported at once where the server wants a longer wait than we do', async () => {
    registry.faults.inject('manifest-get', {
      kind: 'status',
      status: 429,
      headers: { 'retry-after': '7200' },
    });
    await expect(target().getManifest('x')).rejects.toThrow(/limits the rate/);
    expect(session.waits).toEqual([]);
  });
});

describe('a registry that is gone', () => {
  it('is tried a few times, not a few times a few times', async () => {
    const [upload, other] = [target(), session.repository(`${registry.host}/other`)];
    await upload.has(BLOB);
    await other.has(BLOB);
    await registry.close();
    const works = [() => upload.put(BLOB, streamOf(BYTES)), () => collect(other.open(BLOB))];
    for (const work of works) await expect(work()).rejects.toMatchObject({ code: 'NETWORK' });
    expect(session.waits.length).toBe(8);
    registry = await startRegistry();
  });
});

describe('uploads', () => {
  it('start over where the registry forgot them', async () => {
    registry.faults.inject('upload-put', { kind: 'status', status: 404 });
    await push();
    expect(await target().has(BLOB)).toBe(true);
  });

  it('do not start over where the blob arrived after all', async () => {
    // The registry takes the blob, and its answer is lost.
    await push();
    registry.requests.length = 0;
    registry.faults.inject('upload-put', { kind: 'cut', after: 100_000 });
    await push();
    expect(registry.steps()).toEqual(['upload-start', 'upload-put', 'blob-head']);
  });

  it('of content that can be read again start over', async () => {
    registry.faults.inject('upload-put', { kind: 'cut', after: 100_000 }, { times: 2 });
    const open = streamOf(BYTES);
    await target().put(BLOB, { [Symbol.asyncIterator]: () => open() });
    expect(await target().has(BLOB)).toBe(true);
  });

  it.each([
    ['a generator', () => streamOf(BYTES)()],
    ['a stream', () => Readable.from(streamOf(BYTES)(), { objectMode: false })],
  ])('of content that can be read once only (%s) are not repeated', async (_, content) => {
    registry.faults.inject('upload-put', { kind: 'cut', after: 100_000 });
    await expect(target().put(BLOB, content())).rejects.toMatchObject({ code: 'NETWORK' });
    expect(registry.steps().filter((step) => step === 'upload-put').length).toBe(1);
  });

  it('end with the failure of their source', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield BYTES.subarray(0, 1000);
      throw new BuildError('CONTENT', 'the file is damaged');
    };
    await expect(target().put(BLOB, broken)).rejects.toThrow('the file is damaged');
  });

  it('stop when aborted', async () => {
    const abort = new AbortController();
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      yield BYTES.subarray(0, 1000);
      abort.abort();
      yield BYTES.subarray(1000);
    };
    await expect(target().put(BLOB, slow, abort.signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('downloads that break off', () => {
  beforeEach(push);

  it.each([0, 1, 65_536, 1_000_000, 3_999_999])('at byte %i are resumed there', async (after) => {
    registry.faults.inject('blob-get', { kind: 'cut', after: Math.max(after, 1) });
    expect((await collect(target().open(BLOB))).equals(BYTES)).toBe(true);
    const [first, second] = registry.requests.filter(({ step }) => step === 'blob-get');
    expect(first?.headers['range']).toBeUndefined();
    expect(
      Number(/^bytes=(\d+)-$/.exec(String(second?.headers['range'] ?? 'bytes=0-'))?.[1]),
    ).toBeLessThanOrEqual(Math.max(after, 1));
  });

  it('again and again are resumed as long as they bring something', async () => {
    registry.faults.inject('blob-get', { kind: 'cut', after: 1_200_000 }, { times: 3 });
    expect((await collect(target().open(BLOB))).equals(BYTES)).toBe(true);
  });

  it('without bringing anything end', async () => {
    registry.faults.inject('blob-get', { kind: 'cut', after: 1 }, { times: 99 });
    await expect(collect(target().open(BLOB))).rejects.toMatchObject({ code: 'NETWORK' });
    expect(registry.steps().filter((step) => step === 'blob-get').length).toBe(5);
  });

  it('work with registries that ignore Range', async () => {
    registry.faults.inject('blob-get', { kind: 'cut', after: 2_000_000 });
    registry.faults.inject('blob-get', { kind: 'no-range' }, { times: 99 });
    expect((await collect(target().open(BLOB))).equals(BYTES)).toBe(true);
  });

  it('end where the registry resumes elsewhere', async () => {
    registry.faults.inject('blob-get', { kind: 'cut', after: 2_000_000 });
    registry.faults.inject(
      'blob-get',
      { kind: 'headers', headers: { 'content-range': 'bytes 5-9/4000000' } },
      { skip: 1 },
    );
    await expect(collect(target().open(BLOB))).rejects.toThrow(/resumes .* at the wrong place/);
  });

  it('are resumed where the end of the body looks regular', async () => {
    // Without a length, and with the connection closed in order.
    registry.faults.inject('blob-get', { kind: 'body', change: (body) => body.subarray(0, 1_000_000) });
    registry.faults.inject('blob-get', { kind: 'headers', headers: { 'content-length': undefined } });
    expect((await collect(target().open(BLOB))).equals(BYTES)).toBe(true);
  });
});
