import { afterEach, expect, it } from 'vitest';
import { createHttpClient, DEFAULT_RETRIES, realWaiting, withRetryCount } from '../../../src/http/index.ts';
import { createBaseFinder } from '../../../src/registry/find-base.ts';
import { answeringServer, type AnsweringServer } from '../../support/answering-server.ts';

const http = createHttpClient({ env: {} });
const policy = withRetryCount(DEFAULT_RETRIES, 0);
let server: AnsweringServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server without TLS, and the ways to it. */
async function plainServer() {
  server = await answeringServer(() => ({}));
  const { host } = new URL(server.url);
  const endpoint = { registry: host, bases: [`https://${host}`, `http://${host}`], verifyTls: true };
  return { host, endpoint, seen: server.seen };
}

it('takes plain HTTP from a server that answers without TLS, without a request', async () => {
  const { host, endpoint, seen } = await plainServer();
  const find = createBaseFinder(http, realWaiting);
  expect(await find(endpoint, policy)).toBe(`http://${host}`);
  expect(seen).toEqual([]);
});

it('finds a base once, whoever asks', async () => {
  const { endpoint, seen } = await plainServer();
  const find = createBaseFinder(http, realWaiting);
  const bases = ['http://127.0.0.1:1', ...endpoint.bases.slice(1)];
  const found = await Promise.all([
    find({ ...endpoint, bases }, policy),
    find({ ...endpoint, bases }, policy),
  ]);
  expect(found).toEqual([endpoint.bases[1], endpoint.bases[1]]);
  expect(await find({ ...endpoint, bases }, policy)).toBe(endpoint.bases[1]);
  expect(seen.map(({ path }) => path)).toEqual(['/v2/']);
});

it('asks again after a failure', async () => {
  const { endpoint } = await plainServer();
  const find = createBaseFinder(http, realWaiting);
  const nowhere = { ...endpoint, bases: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] };
  await expect(find(nowhere, policy)).rejects.toMatchObject({ code: 'NETWORK' });
  await expect(find(nowhere, policy)).rejects.toMatchObject({ code: 'NETWORK' });
});
