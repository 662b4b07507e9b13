import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOUD_ENDPOINTS, type Vendor } from '../../../../src/registry/clouds/cloud-tools.ts';
import {
  answeringServer,
  type AnsweringServer,
  type SeenRequest,
} from '../../../support/answering-server.ts';
import { credentialPlaces, type CredentialPlaces } from '../../../support/credential-places.ts';

const REGISTRY = 'mine.azurecr.io';
const APPLICATION = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client' };

let places: CredentialPlaces;
let server: AnsweringServer;

function answer({ path }: SeenRequest) {
  if (path === '/tenant/oauth2/v2.0/token') return { body: { access_token: 'entra', expires_in: 3600 } };
  if (path.startsWith('/metadata/identity/oauth2/token') || path.startsWith('/msi'))
    return { body: { access_token: 'managed', expires_in: '86400' } };
  if (path === '/oauth2/exchange') return { body: { refresh_token: 'acr-refresh' } };
  return undefined;
}

beforeEach(async () => {
  places = credentialPlaces();
  server = await answeringServer(answer);
});
afterEach(async () => {
  await places.remove();
  await server.close();
});

const open = (env: Record<string, string>, vendor: Vendor = 'other') =>
  places.open({
    env: { AZURE_AUTHORITY_HOST: `${server.url}/`, ...env },
    vendor,
    endpoints: { ...CLOUD_ENDPOINTS, azureInstance: server.url, acr: () => server.url },
  });
const find = (source: ReturnType<typeof open>, registry = REGISTRY) =>
  source.find({ registry, repository: 'app', access: 'push' });
const formOf = (request: SeenRequest | undefined) => Object.fromEntries(new URLSearchParams(request?.body));

describe('Azure Container Registry', () => {
  it('gives a refresh token for an application’s secret', async () => {
    const found = await find(open({ ...APPLICATION, AZURE_CLIENT_SECRET: 'canary-secret' }));
    expect(found).toMatchObject({
      credential: { kind: 'identity', token: 'acr-refresh' },
      origin: 'Azure, application client',
    });
    const [login, exchange] = server.seen;
    expect(formOf(login)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client',
      client_secret: 'canary-secret',
      scope: 'https://management.azure.com/.default',
    });
    expect(formOf(exchange)).toEqual({
      grant_type: 'access_token',
      service: REGISTRY,
      access_token: 'entra',
      tenant: 'tenant',
    });
  });

  it('gives one for workload identity', async () => {
    const file = places.write('federated', 'federated-token\n');
    expect(await find(open({ ...APPLICATION, AZURE_FEDERATED_TOKEN_FILE: file }))).toBeDefined();
    expect(formOf(server.seen[0])).toMatchObject({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'federated-token',
    });
  });

  it('gives one for the identity of the machine, on Azure’s machines only', async () => {
    expect(await find(open({}))).toBeUndefined();
    expect(server.seen).toEqual([]);
    expect(await find(open({ AZURE_CLIENT_ID: 'chosen' }, 'microsoft'))).toMatchObject({
      origin: 'Azure, managed identity',
    });
    const url = new URL(server.seen[0]?.path ?? '', server.url);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      'api-version': '2018-02-01',
      resource: 'https://management.azure.com/',
      client_id: 'chosen',
    });
    expect(server.seen[0]?.headers['metadata']).toBe('true');
    expect(formOf(server.seen[1])['access_token']).toBe('managed');
  });

  it('gives one for the identity of an app', async () => {
    const env = { IDENTITY_ENDPOINT: `${server.url}/msi`, IDENTITY_HEADER: 'canary-header' };
    expect(await find(open(env))).toBeDefined();
    expect(server.seen[0]?.headers['x-identity-header']).toBe('canary-header');
    expect(server.seen[0]?.path).toMatch(/^\/msi\?api-version=2019-08-01&resource=/);
  });

  it.each([
    'mine.azurecr.io.evil.example',
    'azurecr.io',
    'a.b.azurecr.io',
    'mine.azurecr.de',
    'mcr.microsoft.com',
  ])('is not %s', async (registry) => {
    const source = open({ ...APPLICATION, AZURE_CLIENT_SECRET: 's3cr3t' });
    expect(await find(source, registry)).toBeUndefined();
    expect(server.seen).toEqual([]);
  });

  it('that refuses is a warning that shows no secret', async () => {
    await server.close();
    server = await answeringServer((request) =>
      request.path === '/oauth2/exchange'
        ? { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: `bad ${request.body}` }] } }
        : answer(request),
    );
    const source = open({ ...APPLICATION, AZURE_CLIENT_SECRET: 'canary-secret' });
    expect(await find(source)).toBeUndefined();
    expect(source.warnings).toEqual([
      expect.stringContaining('Azure Container Registry mine.azurecr.io: status 401'),
    ]);
    expect(source.warnings.join()).not.toMatch(/canary|access_token=entra/);
  });

  it('follows no redirect with a token in the body', async () => {
    const other = await answeringServer(answer);
    await server.close();
    server = await answeringServer((request) =>
      request.path === '/oauth2/exchange'
        ? { status: 307, headers: { location: `${other.url}/oauth2/exchange` } }
        : answer(request),
    );
    expect(await find(open({ ...APPLICATION, AZURE_CLIENT_SECRET: 'canary-secret' }))).toBeUndefined();
    expect(other.seen).toEqual([]);
    await other.close();
  });
});
