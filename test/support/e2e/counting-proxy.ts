import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that passed, and what came back. */
export interface Passed {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly status: number;
  /** Bytes of the request's body. */
  readonly sent: number;
  /** Bytes of the answer's body. */
  readonly received: number;
}

export interface CountingProxy {
  /** What the server is known by here: `127.0.0.1:port`. */
  readonly host: string;
  /** What passed since the last call, in the order in which it ended. */
  take(): readonly Passed[];
  close(): Promise<void>;
}

/** Passes requests on to a server of this machine, `127.0.0.1:port`, and notes each. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const passed: Passed[] = [];
  const server = createServer((request, response) => {
    passOn(target, request, response, (one) => void passed.push(one));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => passed.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The server sees the proxy's name as its own: addresses it gives lead through the proxy. */
function passOn(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  note: (passed: Passed) => void,
): void {
  const [hostname, port] = target.split(':');
  const { method = 'GET', url: path = '/', headers } = request;
  let [sent, received] = [0, 0];
  const onward = ask({ hostname, port, method, path, headers }, (answer) => {
    const { statusCode: status = 502 } = answer;
    response.writeHead(status, answer.headers);
    answer.on('data', (chunk: Buffer) => (received += chunk.length));
    answer.on('end', () => note({ method, path, status, sent, received }));
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  request.on('data', (chunk: Buffer) => (sent += chunk.length));
  request.pipe(onward);
}
