import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/errors/index.ts';

describe('redact', () => {
  it.each([
    ['GET https://user:secret@r.example/v2/', 'GET https://***@r.example/v2/'],
    ['https://token@git.example/x.git', 'https://***@git.example/x.git'],
    ['Authorization: Bearer abcdefghij.klm-no_p=', 'Authorization: Bearer ***'],
    ['authorization: basic dXNlcjpzZWNyZXQ=', 'authorization: basic ***'],
    ['https://s3.example/b?X-Amz-Signature=abc&x=1', 'https://s3.example/b?X-Amz-Signature=***&x=1'],
    ['https://blob.example/b?sv=1&sig=a%2Fb&se=2030', 'https://blob.example/b?sv=1&sig=***&se=***'],
  ])('hides the secret of %s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    'docker.io/library/a@sha256:abc',
    'https://r.example/v2/?page=2',
    'Basic auth failed',
    'mail me@x.example',
  ])('leaves %s alone', (text) => {
    expect(redact(text)).toBe(text);
  });
});
