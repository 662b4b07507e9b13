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
  if (findFault(faults, 'idle-close') !== undefined)
    response.once('finish', () => setTimeout(() => request.socket.destroy(), 5));
  if (request.method === 'HEAD') return void response.end();
  const dribble = findFault(faults, 'dribble');
  if (dribble !== undefined) return drip(response, await whole(body), dribble.everyMs);
  await sendBody(response, body, faults);
}

/** What happens in place of an answer; true where something did. */
export function breakConnection(
  request: IncomingMessage,
  response: ServerResponse,
  faults: readonly Fault[],
): boolean {
  const { socket } = request;
  const reset = findFault(faults, 'reset');
  if (reset !== undefined && reset.after === undefined) return (socket.resetAndDestroy(), true);
  const stall = findFault(faults, 'stall');
  if (stall !== undefined && stall.after === undefined) return true;
  const raw = findFault(faults, 'raw');
  if (raw !== undefined) return (socket.end(raw.text), true);
  const hasty = findFault(faults, 'hasty');
  if (hasty === undefined) return false;
  response.writeHead(hasty.status, { connection: 'close' }).end();
  return true;
}

async function drip(response: ServerResponse, body: Buffer, everyMs: number): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += 1) {
    response.write(body.subarray(at, at + 1));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  response.end();
}

async function sendBody(
  response: ServerResponse,
  body: Buffer | string | AsyncIterable<Buffer>,
  faults: readonly Fault[],
): Promise<void> {
  const [reset, stall] = [findFault(faults, 'reset')?.after, findFault(faults, 'stall')?.after];
  let left = reset ?? stall ?? findFault(faults, 'cut')?.after ?? Infinity;
  for await (const chunk of chunksOf(body)) {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (response.destroyed) return;
    if (!response.write(part)) await drained(response);
    if (left === 0) {
      // The bytes written so far must leave before the connection breaks.
      await new Promise((resolve) => response.write('', resolve));
      if (stall !== undefined) return;
      if (reset !== undefined) return void response.socket?.resetAndDestroy();
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
