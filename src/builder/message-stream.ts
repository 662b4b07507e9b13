import type { z } from 'zod';
import { BuildError } from '../errors/index.ts';

/** Longer than any message: an image config of the largest size taken, twice escaped, fits. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

/**
 * Messages out of a stream of JSON lines, each checked against its schema. Ends with the stream. Throws INTERNAL for
 * what is no message: the two ends are not of one release, or something else writes into the stream.
 */
export async function* readMessages<T>(
  stream: AsyncIterable<Uint8Array | string>,
  schema: z.ZodType<T>,
): AsyncGenerator<T> {
  let pieces: string[] = [];
  let length = 0;
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    let text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      pieces.push(text.slice(0, end));
      yield parse(pieces.join(''), schema);
      [pieces, length, text] = [[], 0, text.slice(end + 1)];
    }
    pieces.push(text);
    length += text.length;
    if (length > LONGEST_MESSAGE) throw damaged('a message without an end');
  }
}

/** A message as a line. */
export function messageLine(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}

function parse<T>(line: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged(`no message: ${line.slice(0, 200)}`);
  }
  const checked = schema.safeParse(value);
  if (!checked.success)
    throw damaged(
      checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  return checked.data;
}

function damaged(what: string): BuildError {
  return new BuildError('INTERNAL', `the two processes of the build do not understand each other: ${what}`);
}
