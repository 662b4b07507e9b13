import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOUD_ENDPOINTS, type Vendor } from '../../../../src/registry/clouds/cloud-tools.ts';
import {
  answeringServer,
  type AnsweringServer,
  type SeenRequest,
} from '../../../support/answering-server.ts';
import { credentialPlaces, type CredentialPlaces } from '../../../support/credential-places.ts';

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const AUTHORIZATION = Buffer.from('AWS:canary-password').toString('base64');
const LENT = { Code: 'Success', AccessKeyId: 'LENT', SecretAccessKey: 's', Token: 'lent-session' };
const STS = `<AssumeRoleWithWebIdentityResponse><Credentials><AccessKeyId>WEB</AccessKeyId>
  <SecretAccessKey>s</SecretAccessKey><SessionToken>web-session</SessionToken></Credentials></AssumeRoleWithWebIdentityResponse>`;

let places: CredentialPlaces;
let server: AnsweringServer;
let expiresAt: number;

function answer({ method, path, body, headers }: SeenRequest) {
  if (headers['x-amz-target'] === 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken')
    return { body: { authorizationData: [{ authorizationToken: AUTHORIZATION, expiresAt }] } };
  if (headers['x-amz-target'] === 'SpencerFrontendService.GetAuthorizationToken')
    return { body: { authorizationData: { authorizationToken: AUTHORIZATION, expiresAt } } };
  if (body.includes('Action=AssumeRoleWithWebIdentity')) return { body: STS };
  if (path === '/creds' || path === '/latest/meta-data/iam/security-credentials/my-role')
    return { body: LENT };
  if (method === 'PUT' && path === '/latest/api/token') return { body: 'session' };
  if (path === '/latest/meta-data/iam/security-credentials/') return { body: 'my-role' };
  return undefined;
}

beforeEach(async () => {
  places = credentialPlaces();
  expiresAt = Date.now() / 1000 + 43_200;
  server = await answeringServer(answer);
});
afterEach(async () => {
  await places.remove();
  await server.close();
});

const open = (env: Record<string, string>, more: { vendor?: Vendor } = {}) =>
  places.open({
    env: { AWS_ENDPOINT_URL_ECR: server.url, AWS_ENDPOINT_URL_STS: server.url, ...env },
    endpoints: { ...CLOUD_ENDPOINTS, awsInstance: server.url, awsContainer: server.url },
    ...more,
  });
/** The key the last request was signed with, and its session. */
function signer(): readonly unknown[] {
  const headers = server.seen.at(-1)?.headers ?? {};
  return [/Credential=([^/]*)/.exec(String(headers['authorization']))?.[1], headers['x-amz-security-token']];
}

describe('a registry of ECR', () => {
  const KEY = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 'canary-secret' };

  it('has the user and password GetAuthorizationToken gives', async () => {
    const found = await open(KEY).find({ registry: REGISTRY, repository: 'app', access: 'push' });
    expect(found).toMatchObject({
      credential: { kind: 'basic', username: 'AWS', password: 'canary-password' },
      origin: 'Amazon ECR, with AWS_ACCESS_KEY_ID',
      expiresAt: expect.closeTo((expiresAt - 120) * 1000, -3) as number,
    });
    expect(signer()).toEqual(['ENV', undefined]);
    const { headers = {}, body } = server.seen[0] ?? {};
    expect(headers['authorization']).toMatch(/\/eu-west-1\/ecr\/aws4_request/);
    expect([body, headers['content-type']]).toEqual(['{}', 'application/x-amz-json-1.1']);
    expect(JSON.stringify(server.seen)).not.toContain('canary-secret');
  });

  it('is asked for once, and again shortly before the end', async () => {
    let now = Date.now();
    const waiting = { sleep: () => Promise.resolve(), random: () => 0, now: () => now };
    const source = places.open({ env: { ...KEY, AWS_ENDPOINT_URL_ECR: server.url }, waiting });
    const ask = (repository: string) => source.user(REGISTRY, repository);
    await Promise.all([ask('a'), ask('b')]);
    await ask('a');
    expect(server.seen).toHaveLength(1);
    now = (expiresAt - 100) * 1000;
    expiresAt += 43_200;
    await ask('a');
    await ask('a');
    expect(server.seen).toHaveLength(2);
  });

  it('may be the public one', async () => {
    const env = { ...KEY, AWS_SESSION_TOKEN: 'session', AWS_ENDPOINT_URL_ECR_PUBLIC: server.url };
    expect(await open(env).user('public.ecr.aws')).toEqual(['AWS', expect.any(String)]);
    expect(signer()).toEqual(['ENV', 'session']);
    expect(server.seen[0]?.headers['authorization']).toMatch(/\/us-east-1\/ecr-public\//);
  });

  it('takes an access key that was given for it, and no user name for one', async () => {
    const key = { registry: REGISTRY, username: 'AKIAIOSFODNN7EXAMPLE', password: 's' };
    const given = (entry: object) =>
      places.open({ env: { AWS_ENDPOINT_URL_ECR: server.url }, given: [{ ...key, ...entry }] });
    expect(await given({}).user(REGISTRY)).toEqual(['AWS', expect.any(String)]);
    expect(signer()[0]).toBe('AKIAIOSFODNN7EXAMPLE');
    expect(await given({ username: 'AWS' }).user(REGISTRY)).toEqual(['AWS', 'given']);
    expect(await given({ ecr: false }).user(REGISTRY)).toEqual([key.username, 'given']);
    await expect(given({ ecr: true, registry: 'h.io' }).user('h.io')).rejects.toMatchObject({
      code: 'REGISTRY_AUTH',
    });
  });

  it('whose service refuses is a warning that shows no secret', async () => {
    await server.close();
    server = await answeringServer(({ body }) => ({
      status: 400,
      body: { __type: 'AccessDenied', message: `no: canary-secret ${body}` },
    }));
    const source = open(KEY);
    expect(await source.user(REGISTRY)).toBeUndefined();
    expect(source.warnings).toEqual([
      expect.stringMatching(/Amazon ECR, with AWS_ACCESS_KEY_ID: status 400: no: \*\*\*/),
    ]);
  });

  it.each([
    ['', 'no JSON'],
    ['{}', 'wrong: authorizationData'],
    [{ authorizationData: [{ authorizationToken: 'AAAA' }] }, 'no user and password'],
  ])('whose service answers %j is a warning', async (body, why) => {
    await server.close();
    server = await answeringServer(() => ({ body }));
    const source = open(KEY);
    expect(await source.user(REGISTRY)).toBeUndefined();
    expect(source.warnings).toEqual([expect.stringContaining(why)]);
  });

  it('is nobody’s where there is no key', async () => {
    const source = open({});
    expect(await source.user(REGISTRY)).toBeUndefined();
    expect([server.seen, source.warnings]).toEqual([[], []]);
  });

  it('needs no helper program', async () => {
    const config = { credHelpers: { [REGISTRY]: 'ecr-login' } };
    const env = { ...KEY, DOCKER_AUTH_CONFIG: JSON.stringify(config) };
    const source = open(env);
    expect(await source.user(REGISTRY)).toEqual(['AWS', expect.any(String)]);
    expect(source.warnings).toEqual([]);
    places.helper('ecr-login', `echo '{"Username":"program","Secret":"s"}'`);
    expect(await open(env).user(REGISTRY)).toEqual(['program', 'credential helper ecr-login']);
  });

  it('is asked for nothing where ecr is not among the helpers', async () => {
    const env = { ...KEY, AWS_ENDPOINT_URL_ECR: server.url };
    expect(await places.open({ env, helpers: ['env', 'google'] }).user(REGISTRY)).toBeUndefined();
    expect(server.seen).toEqual([]);
  });
});

describe('the access key', () => {
  const keyOf = async (env: Record<string, string>, vendor: Vendor = 'other') => {
    const source = open(env, { vendor });
    await source.user(REGISTRY);
    expect(source.warnings).toEqual([]);
    return signer();
  };

  it('comes for a web identity', async () => {
    const file = places.write('token', 'oidc-token\n');
    const env = { AWS_ROLE_ARN: 'arn:aws:iam::1:role/r', AWS_WEB_IDENTITY_TOKEN_FILE: file };
    expect(await keyOf(env)).toEqual(['WEB', 'web-session']);
    expect(Object.fromEntries(new URLSearchParams(server.seen[0]?.body))).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: env.AWS_ROLE_ARN,
      WebIdentityToken: 'oidc-token',
    });
  });

  it('comes from a profile', async () => {
    places.write(
      'home/.aws/credentials',
      '# c\n[default]\naws_access_key_id=DEFAULT\naws_secret_access_key = s\n[other]\naws_access_key_id = OTHER\naws_secret_access_key = s\naws_session_token = t\n',
    );
    places.write(
      'home/.aws/config',
      '[profile third]\naws_access_key_id = THIRD\naws_secret_access_key = s\n',
    );
    expect(await keyOf({})).toEqual(['DEFAULT', undefined]);
    expect(await keyOf({ AWS_PROFILE: 'other' })).toEqual(['OTHER', 't']);
    expect(await keyOf({ AWS_PROFILE: 'third' })).toEqual(['THIRD', undefined]);
  });

  it.each([
    ['relative', { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/creds' }],
    ['full', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'URL/creds', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'tok' }],
  ])('comes from the container (%s)', async (kind, env) => {
    const resolved = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.replace('URL', server.url)]),
    );
    expect(await keyOf(resolved)).toEqual(['LENT', 'lent-session']);
    expect(server.seen[0]?.headers['authorization']).toBe(kind === 'full' ? 'tok' : undefined);
  });

  it('comes from the container with a token in a file', async () => {
    const env = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.url}/creds`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: places.write('eks', 'file-token\n'),
    };
    expect(await keyOf(env)).toEqual(['LENT', 'lent-session']);
    expect(server.seen[0]?.headers['authorization']).toBe('file-token');
  });

  it('comes from the machine by IMDSv2, on Amazon’s machines only', async () => {
    expect(await keyOf({}, 'amazon')).toEqual(['LENT', 'lent-session']);
    const [put, list, get] = server.seen;
    expect([put?.method, put?.headers['x-aws-ec2-metadata-token-ttl-seconds']]).toEqual(['PUT', '300']);
    for (const one of [list, get]) expect(one?.headers['x-aws-ec2-metadata-token']).toBe('session');
    server.seen.length = 0;
    await keyOf({}, 'google');
    await keyOf({ AWS_EC2_METADATA_DISABLED: 'true' }, 'amazon');
    expect(server.seen).toEqual([]);
    expect(await keyOf({ AWS_EC2_METADATA_SERVICE_ENDPOINT: server.url })).toEqual(['LENT', 'lent-session']);
  });

  it.each([
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'http://metadata.example/creds'],
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'ftp://127.0.0.1/creds'],
    ['AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://metadata.example'],
  ])('is not asked for in the clear: %s=%s', async (name, value) => {
    const env = { [name]: value, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'tok' };
    const source = open(env);
    expect(await source.user(REGISTRY)).toBeUndefined();
    expect(source.warnings).toEqual([expect.stringContaining('is not https')]);
  });

  it('whose files cannot be read is a warning', async () => {
    const file = join(places.directory, 'missing');
    const source = open({ AWS_ROLE_ARN: 'r', AWS_WEB_IDENTITY_TOKEN_FILE: file });
    expect(await source.user(REGISTRY)).toBeUndefined();
    expect(source.warnings).toEqual([expect.stringContaining(`cannot read ${file} (ENOENT)`)]);
  });
});
