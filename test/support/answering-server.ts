import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface GivenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is no text becomes JSON. */
  readonly body?: unknown;
}

export interface AnsweringServer {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** All requests so far, in order. */
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** An HTTP server on the loopback interface that notes what it is sent and answers as told; 404 where told nothing. */
export async function answeringServer(
  answer: (request: SeenRequest) => GivenAnswer | undefined,
): Promise<AnsweringServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { method = '', url: path = '', headers } = message;
      const request = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(request);
      const { status = 200, headers: given = {}, body = '' } = answer(request) ?? { status: 404 };
      response.writeHead(status, given).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
