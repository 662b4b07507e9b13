import { createVerify, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOUD_ENDPOINTS, type Vendor } from '../../../../src/registry/clouds/cloud-tools.ts';
import {
  answeringServer,
  type AnsweringServer,
  type SeenRequest,
} from '../../../support/answering-server.ts';
import { credentialPlaces, type CredentialPlaces } from '../../../support/credential-places.ts';

const REGISTRY = 'europe-docker.pkg.dev';
const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PRIVATE_KEY = KEYS.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

let places: CredentialPlaces;
let server: AnsweringServer;

function answer({ path, headers }: SeenRequest) {
  if (path === '/token')
    return { body: { access_token: 'ya29.canary', expires_in: 3599, token_type: 'Bearer' } };
  if (path.startsWith('/computeMetadata/') && headers['metadata-flavor'] === 'Google')
    return { body: { access_token: 'machine', expires_in: '600' } };
  if (path === '/oidc') return { body: { value: 'subject-from-url' } };
  if (path === '/impersonate')
    return { body: { accessToken: 'stands-for-another', expireTime: '2099-01-01T00:00:00Z' } };
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

const open = (env: Record<string, string> = {}, vendor: Vendor = 'other') =>
  places.open({
    env,
    vendor,
    endpoints: { ...CLOUD_ENDPOINTS, googleToken: `${server.url}/token`, googleMetadata: server.url },
  });
const withFile = (content: unknown) =>
  open({ GOOGLE_APPLICATION_CREDENTIALS: places.write('adc.json', content) });
const find = (source: ReturnType<typeof open>, registry = REGISTRY) =>
  source.find({ registry, repository: 'p/r/app', access: 'push' });
const formOf = (request: SeenRequest | undefined) => Object.fromEntries(new URLSearchParams(request?.body));

const SERVICE_ACCOUNT = () => ({
  type: 'service_account',
  client_email: 'robot@p.iam.gserviceaccount.com',
  private_key: PRIVATE_KEY,
  private_key_id: 'kid',
  token_uri: `${server.url}/token`,
});
const EXTERNAL = (source: unknown, more: object = {}) => ({
  type: 'external_account',
  audience: '//iam.googleapis.com/projects/1/pool',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: `${server.url}/token`,
  credential_source: source,
  ...more,
});

describe('Google’s registries', () => {
  it.each(['gcr.io', 'eu.gcr.io', 'us-central1-docker.pkg.dev'])('are %s', async (registry) => {
    expect(await find(withFile(SERVICE_ACCOUNT()), registry)).toMatchObject({
      credential: { username: 'oauth2accesstoken', password: 'ya29.canary' },
    });
  });

  it.each([
    'gcr.io.evil.example',
    'evilgcr.io',
    'docker.pkg.dev.evil.example',
    'a.b.gcr.io',
    'registry.k8s.io',
  ])('are not %s', async (registry) => {
    expect(await find(withFile(SERVICE_ACCOUNT()), registry)).toBeUndefined();
    expect(server.seen).toEqual([]);
  });

  it('take the assertion of a service account, signed with its key', async () => {
    expect(await find(withFile(SERVICE_ACCOUNT()))).toMatchObject({
      origin: 'service account robot@p.iam.gserviceaccount.com',
      expiresAt: expect.closeTo(Date.now() + 3_479_000, -5) as number,
    });
    const { grant_type, assertion = '' } = formOf(server.seen[0]);
    expect(grant_type).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', signature = ''] = assertion.split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid' });
    expect(read(claims)).toMatchObject({
      iss: 'robot@p.iam.gserviceaccount.com',
      aud: `${server.url}/token`,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
    });
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(verify.verify(KEYS.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('take the login of gcloud', async () => {
    const login = { type: 'authorized_user', client_id: 'c', client_secret: 'cs', refresh_token: 'rt' };
    places.write('home/.config/gcloud/application_default_credentials.json', login);
    expect(await find(open())).toMatchObject({ origin: 'login of gcloud' });
    const { type: _, ...fields } = login;
    expect(formOf(server.seen[0])).toEqual({ grant_type: 'refresh_token', ...fields });
  });

  it('take an identity of another provider, from a file', async () => {
    const file = places.write('subject', 'subject-from-file\n');
    expect(await find(withFile(EXTERNAL({ file })))).toMatchObject({
      credential: { password: 'ya29.canary' },
    });
    expect(formOf(server.seen[0])).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience: '//iam.googleapis.com/projects/1/pool',
      subject_token: 'subject-from-file',
    });
  });

  it('take one by HTTP, as google-github-actions/auth writes it, for a service account', async () => {
    const source = {
      url: `${server.url}/oidc`,
      headers: { Authorization: 'Bearer request-token' },
      format: { type: 'json', subject_token_field_name: 'value' },
    };
    const more = { service_account_impersonation_url: `${server.url}/impersonate` };
    expect(await find(withFile(EXTERNAL(source, more)))).toMatchObject({
      credential: { password: 'stands-for-another' },
      expiresAt: Date.parse('2099-01-01T00:00:00Z') - 120_000,
    });
    const [oidc, exchange, impersonate] = server.seen;
    expect(oidc?.headers['authorization']).toBe('Bearer request-token');
    expect(formOf(exchange)['subject_token']).toBe('subject-from-url');
    expect(impersonate?.headers['authorization']).toBe('Bearer ya29.canary');
  });

  it('ask the metadata service on Google’s machines only', async () => {
    expect(await find(open())).toBeUndefined();
    expect(server.seen).toEqual([]);
    expect(await find(open({}, 'google'))).toMatchObject({
      credential: { password: 'machine' },
      origin: 'service account of the machine',
    });
    const host = server.url.replace('http://', '');
    expect(await find(open({ GCE_METADATA_HOST: host }))).toMatchObject({
      credential: { password: 'machine' },
    });
  });

  it.each([
    ['no JSON', () => PRIVATE_KEY, 'it is no JSON'],
    ['another type', () => ({ type: 'gdch_service_account' }), 'are not supported'],
    ['half a key', () => ({ type: 'service_account', client_email: 'a' }), 'wrong: private_key'],
    ['no key', () => ({ ...SERVICE_ACCOUNT(), private_key: 'canary' }), 'cannot be used'],
    ['a plain address', () => ({ ...SERVICE_ACCOUNT(), token_uri: 'http://sts.example' }), 'is not https'],
    ['a program as its source', () => EXTERNAL({ executable: { command: 'id' } }), 'file and url'],
  ])('warn of a file with %s, without its content', async (_, content, why) => {
    const source = withFile(content());
    expect(await find(source)).toBeUndefined();
    expect(source.warnings).toEqual([expect.stringContaining(why)]);
    expect(source.warnings.join()).not.toMatch(/canary|BEGIN/);
  });
});
