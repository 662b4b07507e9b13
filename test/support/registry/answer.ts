import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Fault, findFault } from './faults.ts';

/** An answer before faults have had their way with it. */
export interface Outcome {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | AsyncIterable<Buffer>;
}

/** Sends an answer, as the faults want it. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  outcome: Outcome,
  faults: readonly Fault[],
): Promise<void> {
  const headers = new Map(Object.entries(outcome.headers ?? {}));
  let body = outcome.body ?? '';
  const change = findFault(faults, 'body')?.change;
  if (change !== undefined) {
    body = change(await whole(body));
    headers.set('content-length', String(body.length));
  }
  const location = headers.get('location');
  const relocate = findFault(faults, 'location')?.change;
  if (location !== undefined && relocate !== undefined) headers.set('location', relocate(location));
  for (const [name, value] of Object.entries(findFault(faults, 'headers')?.headers ?? {})) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  response.writeHead(outcome.status, Object.fromEntries(headers));
  if (request.method === 'HEAD') return void response.end();
  await sendBody(response, body, findFault(faults, 'cut')?.after ?? Infinity);
}

async function sendBody(
  response: ServerResponse,
  body: Buffer | string | AsyncIterable<Buffer>,
  cutAfter: number,
): Promise<void> {
  let left = cutAfter;
  for await (const chunk of chunksOf(body)) {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (response.destroyed) return;
    if (!response.write(part)) await drained(response);
    if (left === 0) {
      // The bytes written so far must leave before the connection breaks.
      await new Promise((resolve) => response.write('', resolve));
      response.socket?.end();
      response.destroy();
      return;
    }
  }
  response.end();
}

/** Resolves when the socket takes more, or never will. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

async function* chunksOf(body: Buffer | string | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (typeof body === 'string') yield Buffer.from(body);
  else if (Buffer.isBuffer(body)) yield body;
  else yield* body;
}

async function whole(body: Buffer | string | AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(body)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
