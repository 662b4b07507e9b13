import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A server nobody gave a credential for. It notes every byte it is sent, and answers as told. */
export interface WrongOrigin {
  readonly port: number;
  /** What was sent to it: request lines, headers, bodies. */
  readonly text: () => string;
  readonly requests: () => number;
  answer: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: Buffer };
  close(): Promise<void>;
}

export async function openWrongOrigin(): Promise<WrongOrigin> {
  const seen: string[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    seen.push(`${request.method} ${request.url}`, ...request.rawHeaders);
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString('latin1')));
    request.on('error', () => undefined);
    request.on('end', () =>
      response.writeHead(origin.answer.status, origin.answer.headers).end(origin.answer.body),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin: WrongOrigin = {
    port: (server.address() as AddressInfo).port,
    text: () => seen.join('\n'),
    requests: () => requests,
    answer: { status: 200 },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return origin;
}
