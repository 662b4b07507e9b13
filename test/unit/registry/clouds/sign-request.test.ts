import { describe, expect, it } from 'vitest';
import { ecrPlace } from '../../../../src/registry/clouds/aws/ecr-host.ts';
import { signRequest } from '../../../../src/registry/clouds/aws/sign-request.ts';

/** The key, the time and the place of the examples AWS publishes for Signature Version 4. */
const KEY = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', origin: 'test' };
const PLACE = { region: 'us-east-1', service: 'service', now: Date.parse('2015-08-30T12:36:00Z') };
const signatureOf = (headers: Readonly<Record<string, string>> = {}): string =>
  /Signature=(.*)$/.exec(headers['authorization'] ?? '')?.[1] ?? '';

describe('Signature Version 4', () => {
  it.each([
    [
      'GET',
      'https://example.amazonaws.com/',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      'GET',
      'https://example.amazonaws.com/?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'POST',
      'https://example.amazonaws.com/',
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
  ])('of %s %s is that of AWS’s own example', (method, url, signature) => {
    const signed = signRequest({ method, url }, KEY, PLACE);
    expect(signatureOf(signed.headers)).toBe(signature);
    expect(signed.headers).toMatchObject({ 'x-amz-date': '20150830T123600Z' });
  });

  it('covers body, headers and session token, and never shows the secret', () => {
    const request = {
      method: 'POST',
      url: 'https://h/',
      headers: { 'X-Amz-Target': 'a' },
      body: Buffer.from('{}'),
    };
    const base = signRequest(request, KEY, PLACE);
    const others = [
      signRequest({ ...request, body: Buffer.from('{} ') }, KEY, PLACE),
      signRequest({ ...request, headers: { 'x-amz-target': 'b' } }, KEY, PLACE),
      signRequest(request, { ...KEY, sessionToken: 't' }, PLACE),
      signRequest(request, KEY, { ...PLACE, region: 'eu-west-1' }),
    ];
    const signatures = [base, ...others].map(({ headers }) => signatureOf(headers));
    expect(new Set(signatures).size).toBe(5);
    expect(others[2]?.headers).toMatchObject({ 'x-amz-security-token': 't' });
    expect(JSON.stringify([base, ...others])).not.toContain(KEY.secret);
  });
});

describe('registries of ECR', () => {
  it.each([
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'https://api.ecr.eu-west-1.amazonaws.com'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'https://api.ecr.cn-north-1.amazonaws.com.cn'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'https://ecr-fips.us-gov-west-1.amazonaws.com'],
    ['123456789012.dkr-ecr.us-west-2.on.aws', 'https://ecr.us-west-2.api.aws'],
    ['public.ecr.aws', 'https://api.ecr-public.us-east-1.amazonaws.com'],
  ])('%s is asked for at %s', (registry, endpoint) => {
    expect(ecrPlace(registry)?.endpoint).toBe(endpoint);
  });

  it.each([
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example',
    '123456789012.dkr.ecr.evil.example',
    '123456789012.dkr.ecr.evil.example/x.amazonaws.com',
    '12.dkr.ecr.eu-west-1.amazonaws.com',
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com:5000',
    'evil-public.ecr.aws',
    'docker.io',
  ])('%s is none', (registry) => expect(ecrPlace(registry)).toBeUndefined());
});
