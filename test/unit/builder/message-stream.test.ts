import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { messageLine, readMessages } from '../../../src/builder/message-stream.ts';
import { FromBuilder, ToBuilder } from '../../../src/builder/messages.ts';
import { failure } from '../../support/planning.ts';

const Message = z.object({ n: z.number(), text: z.string().optional() });

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* parts;
}

async function read<T>(schema: z.ZodType<T>, ...parts: (string | Uint8Array)[]): Promise<T[]> {
  const messages: T[] = [];
  for await (const message of readMessages(chunks(...parts), schema)) messages.push(message);
  return messages;
}

describe('messages', () => {
  it('come out as they went in, however the stream is cut', async () => {
    const sent = [{ n: 1, text: 'line\nbreak and ünïcode 世界 😀' }, { n: 2 }, { n: 3, text: '' }];
    const bytes = Buffer.from(sent.map(messageLine).join(''));
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(await read(Message, ...parts)).toEqual(sent);
    }
  });

  it('are yielded as soon as they are whole', async () => {
    async function* stream(): AsyncGenerator<string> {
      yield '{"n":1}\n{"n":';
      throw new Error('the other end broke');
    }
    const reader = readMessages(stream(), Message);
    expect((await reader.next()).value).toEqual({ n: 1 });
    await expect(reader.next()).rejects.toThrow('the other end broke');
  });

  it('end with the stream; a last one without its end is none', async () => {
    expect(await read(Message, '{"n":1}\n{"n":2}')).toEqual([{ n: 1 }]);
    expect(await read(Message)).toEqual([]);
  });

  it.each([
    ['no JSON', 'Segmentation fault\n', 'no message: Segmentation fault'],
    ['a message of another kind', '{"n":"1"}\n', 'n: '],
    ['an empty line', '\n', 'no message: '],
  ])('%s is told', async (_what, text, told) => {
    const error = await failure(read(Message, text));
    expect(error.code).toBe('INTERNAL');
    expect(error.message).toContain('do not understand each other');
    expect(error.message).toContain(told);
  });

  it('without an end do not fill the memory', async () => {
    const megabyte = 'x'.repeat(1 << 20);
    let sent = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        sent++;
        yield megabyte;
      }
    }
    const error = await failure(
      (async () => {
        for await (const message of readMessages(endless(), Message)) expect.unreachable(String(message));
      })(),
    );
    expect(error.message).toContain('a message without an end');
    expect(sent).toBeLessThan(100);
  });
});

describe('the two ends', () => {
  it('must be of one release', async () => {
    const error = await failure(read(ToBuilder, messageLine({ type: 'start', version: 999, job: {} })));
    expect(error.code).toBe('INTERNAL');
    expect(error.message).toContain('version');
  });

  it.each([
    ['an unknown message', { type: 'exec', command: 'x' }],
    [
      'a call of an unknown method',
      { type: 'call', id: 1, call: { method: 'readFile', path: '/etc/shadow' } },
    ],
    [
      'a layer whose digest is a path',
      {
        type: 'call',
        id: 1,
        call: {
          method: 'fetch',
          layer: { descriptor: { mediaType: 'x', digest: 'sha256:../../etc', size: 1 }, diffId: 'x' },
        },
      },
    ],
    ['an image without layers', { type: 'built', image: { config: {} } }],
  ])('%s from the building process is refused', async (_what, message) => {
    expect((await failure(read(FromBuilder, messageLine(message)))).code).toBe('INTERNAL');
  });
});
