import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/content/index.ts';
import { BuildError } from '../../../src/errors/index.ts';
import { assembleImage, pushImage, readImage } from '../../../src/image/index.ts';
import { parseReference } from '../../../src/reference/index.ts';
import { silentReporter } from '../../../src/report/index.ts';
import { addLayer, configOf } from '../../support/image-parts.ts';
import { collect, openSession } from '../../support/registry-session.ts';
import { startRegistry, type Fault, type Step } from '../../support/registry/index.ts';

const USER = { username: 'bob', password: 'hunter2!' };
const CONTENT = randomBytes(225_000).toString('base64');
const blobs = memoryStore();
const image = assembleImage({
  config: configOf(1),
  layers: [await addLayer(blobs, 'file', CONTENT, 'none')],
});

/** Every kind of request of a push and the pull that follows. */
const STEPS: readonly Step[] = [
  'token',
  'blob-head',
  'upload-start',
  'upload-put',
  'manifest-put',
  'manifest-head',
  'manifest-get',
  'blob-get',
];

const status = (code: number, headers: Readonly<Record<string, string>> = {}, body = ''): Fault => {
  return { kind: 'status', status: code, headers, body };
};
const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString();
const inAYear = new Date(Date.now() + 31_536_000_000).toUTCString();

/** What another attempt may not meet: pushes and pulls end right. */
const PASSING: readonly (readonly [string, Fault])[] = [
  ['RST before the answer', { kind: 'reset' }],
  ['RST after 1 byte', { kind: 'reset', after: 1 }],
  ['RST after 60 bytes', { kind: 'reset', after: 60 }],
  ['RST after 299 999 bytes', { kind: 'reset', after: 299_999 }],
  ['FIN after 1 byte', { kind: 'cut', after: 1 }],
  ['FIN after 60 bytes', { kind: 'cut', after: 60 }],
  ['FIN after 150 000 bytes', { kind: 'cut', after: 150_000 }],
  ['silence before the answer', { kind: 'stall' }],
  ['silence after 60 bytes', { kind: 'stall', after: 60 }],
  ['a byte now and then', { kind: 'dribble', everyMs: 25 }],
  ['bytes that are no HTTP', { kind: 'raw', text: 'SSH-2.0-OpenSSH_9.2\r\n\r\n' }],
  ['an answer that breaks off in its headers', { kind: 'raw', text: 'HTTP/1.1 200 OK\r\nContent-Le' }],
  ['HTTP/1.0 and out of service', { kind: 'raw', text: 'HTTP/1.0 503 Busy\r\n\r\nbusy' }],
  ['a connection that is closed once it is idle', { kind: 'idle-close' }],
  ...[408, 425, 429, 499, 500, 502, 503, 504, 522].map((code) => [`status ${code}`, status(code)] as const),
  ['Retry-After in seconds', status(429, { 'retry-after': '2' })],
  ['Retry-After by a date of another clock', status(503, { 'retry-after': anHourAgo, date: anHourAgo })],
  ['Retry-After that is negative', status(429, { 'retry-after': '-5' })],
  ['Retry-After that is nonsense', status(429, { 'retry-after': 'soon' })],
];

/** What stays as it is: pushes and pulls fail with words, unless the registry can be dealt with otherwise. */
const LASTING: readonly (readonly [string, Fault, { readonly fine?: readonly Step[] }])[] = [
  // A HEAD tells nothing that is not asked again by GET.
  ...[400, 401, 403, 410, 418].map(
    (code) => [`status ${code}`, status(code), { fine: ['manifest-head'] }] as const,
  ),
  ['status 404', status(404), { fine: ['blob-head'] }],
  // Who knows no HEAD is sent the blob.
  ...[405, 413, 416].map(
    (code) =>
      [
        `status ${code}`,
        status(code),
        { fine: ['manifest-head', ...(code === 405 ? (['blob-head'] as const) : [])] },
      ] as const,
  ),
  ['a rate limit for a year', status(429, { 'retry-after': inAYear }), { fine: ['manifest-head'] }],
  [
    'HTML in place of the answer',
    status(200, { 'content-type': 'text/html' }, '<html>Log in</html>'),
    { fine: ['manifest-head', 'blob-head'] },
  ],
  ['64 KiB of headers', status(200, { 'x-padding': 'x'.repeat(64 * 1024) }), {}],
  ['a redirect to itself', status(307, { location: '' }), { fine: ['manifest-head'] }],
  ['a redirect to another scheme', status(307, { location: 'ftp://example.com/' }), {}],
  ['a redirect to the metadata of a cloud', status(307, { location: 'http://169.254.169.254/latest' }), {}],
  [
    'two lengths',
    { kind: 'raw', text: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd' },
    {},
  ],
];

type Ending = 'right' | 'refused';

/** Pushes and pulls with a fault in one step. Throws where the result is wrong, or an error says too little. */
async function run(step: Step, fault: Fault, times: number): Promise<Ending> {
  const registry = await startRegistry({ auth: { kind: 'bearer', ...USER } });
  const credentials = [{ registry: registry.host, ...USER }];
  const timeouts = { connectMs: 1000, answerMs: 600, uploadAnswerMs: 600, bodyMs: 600 };
  const [pushing, pulling] = [openSession({ credentials, timeouts }), openSession({ credentials, timeouts })];
  registry.faults.inject(step, fault, { times });
  const name = `${registry.host}/team/app`;
  try {
    await pushImage(image, blobs, pushing.repository(name), { tags: ['v1'], reporter: silentReporter() });
    const { repository, descriptor, bytes } = await pulling.client.resolve(parseReference(`${name}:v1`));
    const platform = { os: 'linux', architecture: 'amd64' };
    const pulled = await readImage(repository, { descriptor, bytes }, platform);
    const [layer] = pulled.layers;
    if (layer === undefined) throw new Error('no layer');
    expect(pulled.descriptor).toEqual(image.descriptor);
    await collect(repository.open(layer.descriptor));
    return 'right';
  } catch (error) {
    if (!(error instanceof BuildError) || error.code === 'INTERNAL') throw error;
    expect(error.message).toMatch(/127\.0\.0\.1|server|sha256:/);
    expect(error.message).not.toContain(USER.password);
    return 'refused';
  } finally {
    await Promise.all([pushing.close(), pulling.close()]);
    await registry.close();
  }
}

const tally = { passing: 0, passed: 0, lasting: 0, asExpected: 0 };
afterAll(() => {
  console.log(`retry scripts that ended in the right image: ${tally.passed} of ${tally.passing}`);
  console.log(`lasting faults told or dealt with as they should be: ${tally.asExpected} of ${tally.lasting}`);
});

describe('a passing fault in any step of a push and a pull', () => {
  it.each(PASSING)('%s', async (_, fault) => {
    // A stall costs its time-out each time.
    const slow = fault.kind === 'stall' || fault.kind === 'dribble';
    const cells = STEPS.flatMap((step) => (slow ? [1] : [1, 2]).map((times) => ({ step, times })));
    const ran = cells.map(async ({ step, times }) => ({
      step,
      times,
      ending: await run(step, fault, times),
    }));
    const endings = await Promise.all(ran);
    const wrong = endings.filter(({ ending }) => ending !== 'right');
    tally.passing += endings.length;
    tally.passed += endings.length - wrong.length;
    expect(wrong).toEqual([]);
  });
});

describe('a lasting fault in any step of a push and a pull', () => {
  it.each(LASTING)('%s', async (_, fault, { fine = [] }) => {
    const ran = STEPS.map(async (step) => ({ step, ending: await run(step, fault, 99) }));
    const endings = await Promise.all(ran);
    const wrong = endings.filter(
      ({ step, ending }) => ending !== (fine.includes(step) ? 'right' : 'refused'),
    );
    tally.lasting += endings.length;
    tally.asExpected += endings.length - wrong.length;
    expect(wrong).toEqual([]);
  });
});
