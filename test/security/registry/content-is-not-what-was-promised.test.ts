import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mediaTypes } from '../../../src/oci/index.ts';
import {
  collect,
  layerOf,
  manifestOf,
  openSession,
  streamOf,
  type Session,
} from '../../support/registry-session.ts';
import { startRegistry, type RunningRegistry } from '../../support/registry/index.ts';

const BYTES = randomBytes(300_000);
const BLOB = layerOf(BYTES);
const { descriptor: MANIFEST, bytes: MANIFEST_BYTES } = manifestOf(BLOB, [BLOB]);
const OTHER_DIGEST = `sha256:${'0'.repeat(64)}`;

let registry: RunningRegistry;
let session: Session;
beforeEach(async () => {
  registry = await startRegistry();
  session = openSession();
  await target().put(BLOB, streamOf(BYTES));
  await target().putManifest(MANIFEST, MANIFEST_BYTES, 'v1');
});
afterEach(async () => {
  await session.close();
  await registry.close();
});

const target = () => session.repository(`${registry.host}/app`);
const flip = (body: Buffer): Buffer => {
  const copy = Buffer.from(body);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
};

describe('blobs', () => {
  const changes: readonly [string, (body: Buffer) => Buffer][] = [
    ['a flipped bit', flip],
    ['a byte less', (body) => body.subarray(1)],
    ['a byte more', (body) => Buffer.concat([body, Buffer.from('x')])],
    ['nothing', () => Buffer.alloc(0)],
    ['another blob of the same size', (body) => randomBytes(body.length)],
  ];
  it.each(changes)('with %s are refused', async (_, change) => {
    registry.faults.inject('blob-get', { kind: 'body', change }, { times: 99 });
    await expect(collect(target().open(BLOB))).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it.each(changes)('with %s, sent without a length, are refused', async (_, change) => {
    registry.faults.inject('blob-get', { kind: 'body', change }, { times: 99 });
    registry.faults.inject(
      'blob-get',
      { kind: 'headers', headers: { 'content-length': undefined } },
      { times: 99 },
    );
    await expect(collect(target().open(BLOB))).rejects.toMatchObject({
      code: /nothing|less/.test(_) ? (expect.stringMatching(/CONTENT|NETWORK/) as string) : 'CONTENT',
    });
  });

  it('never end before they are checked', async () => {
    registry.faults.inject('blob-get', { kind: 'body', change: flip });
    let size = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of target().open(BLOB)) size += chunk.length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'CONTENT' });
    expect(size).toBeLessThan(BLOB.size);
  });

  it('that were damaged between two halves are refused', async () => {
    registry.faults.inject('blob-get', { kind: 'cut', after: 100_000 });
    registry.faults.inject('blob-get', { kind: 'body', change: flip }, { skip: 1 });
    await expect(collect(target().open(BLOB))).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('without end are cut off', async () => {
    const endless = layerOf(BYTES.subarray(0, 10));
    registry.faults.inject('blob-get', { kind: 'status', status: 200, body: 'x'.repeat(5_000_000) });
    await expect(collect(target().open(endless))).rejects.toMatchObject({ code: 'CONTENT' });
  });
});

describe('manifests', () => {
  it.each([
    ['a flipped bit', flip],
    ['a byte less', (body: Buffer) => body.subarray(1)],
    ['white space more', (body: Buffer) => Buffer.concat([body, Buffer.from('\n')])],
    ['nothing', () => Buffer.alloc(0)],
  ])('with %s are refused by digest and by tag', async (_, change) => {
    registry.faults.inject('manifest-get', { kind: 'body', change }, { times: 2 });
    for (const name of [MANIFEST.digest, 'v1'])
      await expect(target().getManifest(name)).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it.each([OTHER_DIGEST, 'sha256:short', 'md5:abc', 'nonsense'])(
    'with the stated digest %s are refused',
    async (digest) => {
      const headers = { 'docker-content-digest': digest };
      registry.faults.inject('manifest-get', { kind: 'headers', headers }, { times: 2 });
      for (const name of [MANIFEST.digest, 'v1'])
        await expect(target().getManifest(name)).rejects.toMatchObject({ code: 'CONTENT' });
    },
  );

  it('without a stated digest are read', async () => {
    registry.faults.inject('manifest-get', {
      kind: 'headers',
      headers: { 'docker-content-digest': undefined },
    });
    expect((await target().getManifest('v1')).descriptor).toEqual(MANIFEST);
  });

  it('that call themselves something else than the registry does are refused', async () => {
    const headers = { 'content-type': mediaTypes.OCI_INDEX };
    registry.faults.inject('manifest-get', { kind: 'headers', headers });
    await expect(target().getManifest('v1')).rejects.toThrow(/calls itself/);
  });

  it.each([
    'application/json',
    'application/octet-stream',
    undefined,
    `${MANIFEST.mediaType}; charset=utf-8`,
  ])('sent as %s are what they call themselves', async (type) => {
    registry.faults.inject('manifest-get', { kind: 'headers', headers: { 'content-type': type } });
    expect((await target().getManifest('v1')).descriptor).toEqual(MANIFEST);
  });

  it.each([4 * 1024 * 1024, 4 * 1024 * 1024 + 1])('of %i bytes: up to 4 MiB', async (size) => {
    const text = JSON.stringify({ mediaType: MANIFEST.mediaType });
    const bytes = Buffer.from(text.padEnd(size, ' '));
    const descriptor = { ...layerOf(bytes), mediaType: MANIFEST.mediaType };
    await target().putManifest(descriptor, bytes, 'large');
    for (const length of [String(size), undefined]) {
      registry.faults.inject('manifest-get', { kind: 'headers', headers: { 'content-length': length } });
      const read = target().getManifest('large');
      if (size > 4 * 1024 * 1024) await expect(read).rejects.toThrow(/more than 4 MiB/);
      else expect((await read).descriptor).toEqual(descriptor);
    }
  });

  it.each(['not json', '[]', '"x"', '{"mediaType":5}'])('that are %s are refused', async (body) => {
    const headers = { 'content-type': MANIFEST.mediaType };
    registry.faults.inject('manifest-get', { kind: 'status', status: 200, headers, body });
    await expect(target().getManifest('v1')).rejects.toMatchObject({ code: 'REGISTRY' });
  });
});

describe('pushes', () => {
  it('fail where the registry stored something else', async () => {
    const headers = { 'docker-content-digest': OTHER_DIGEST };
    registry.faults.inject('manifest-put', { kind: 'headers', headers });
    await expect(target().putManifest(MANIFEST, MANIFEST_BYTES, 'v2')).rejects.toMatchObject({
      code: 'CONTENT',
    });
    registry.faults.inject('upload-put', { kind: 'headers', headers });
    await expect(target().put(BLOB, streamOf(BYTES))).rejects.toMatchObject({ code: 'CONTENT' });
  });

  it('fail where content is shorter or longer than promised', async () => {
    for (const bytes of [BYTES.subarray(1), Buffer.concat([BYTES, BYTES])])
      await expect(target().put(BLOB, streamOf(bytes))).rejects.toThrow();
  });

  it('refuse names that are no tags', async () => {
    await expect(target().putManifest(MANIFEST, MANIFEST_BYTES, '../x')).rejects.toMatchObject({
      code: 'REFERENCE',
    });
  });
});

describe('error texts', () => {
  it('cannot command the terminal or the runner, nor flood the log', async () => {
    const body = `\x1b[2J\x1b]0;t\x07::set-output name=x::y\n##[error]z ${'A'.repeat(1_000_000)}`;
    registry.faults.inject('manifest-get', { kind: 'status', status: 400, body });
    const error = await target()
      .getManifest('v1')
      .catch((caught: unknown) => caught as Error);
    const { message } = error as Error;
    expect(message.length).toBeLessThan(1000);
    expect(message).not.toMatch(/[\x00-\x1f]/);
  });
});
