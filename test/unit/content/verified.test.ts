import { describe, expect, it } from 'vitest';
import { verified } from '../../../src/content/index.ts';
import { digestOf } from '../../../src/oci/index.ts';

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** What a reader got before the stream ended or failed. */
async function read(
  descriptor: { digest: `sha256:${string}`; size: number },
  ...texts: string[]
): Promise<{ got: string; error: unknown }> {
  let got = '';
  try {
    for await (const chunk of verified(descriptor, chunksOf(...texts))) got += Buffer.from(chunk).toString();
    return { got, error: undefined };
  } catch (error) {
    return { got, error };
  }
}

const hello = { digest: digestOf('hello world'), size: 11 };

describe('verified', () => {
  it('hands on what matches, whatever the pieces', async () => {
    expect(await read(hello, 'hello world')).toEqual({ got: 'hello world', error: undefined });
    expect(await read(hello, '', 'hello', '', ' world', '')).toEqual({
      got: 'hello world',
      error: undefined,
    });
    expect(await read({ digest: digestOf(''), size: 0 })).toEqual({ got: '', error: undefined });
    expect(await read({ digest: digestOf(''), size: 0 }, '')).toEqual({ got: '', error: undefined });
  });

  it('holds the last chunk back where the digest differs', async () => {
    const { got, error } = await read(hello, 'hello', ' worle');
    expect(got).toBe('hello');
    expect(error).toMatchObject({
      code: 'CONTENT',
      message: expect.stringContaining(digestOf('hello worle')),
    });
  });

  it('refuses bytes beyond the size, also after the right ones', async () => {
    const long = await read(hello, 'hello', ' world!');
    expect(long.got).toBe('hello');
    expect(long.error).toMatchObject({ code: 'CONTENT', message: expect.stringContaining('more than 11') });
    expect((await read(hello, 'hello world', '!')).error).toMatchObject({ code: 'CONTENT' });
  });

  it('refuses a stream that ends early, and an empty one of another digest', async () => {
    expect((await read(hello, 'hello')).error).toMatchObject({
      code: 'CONTENT',
      message: expect.stringContaining('has 5'),
    });
    expect((await read({ digest: digestOf('x'), size: 0 })).error).toMatchObject({ code: 'CONTENT' });
  });
});
