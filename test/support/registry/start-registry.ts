import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { sendAnswer, type Outcome } from './answer.ts';
import { Gate, type AuthSettings } from './auth.ts';
import { directoryFiles, memoryFiles } from './blob-files.ts';
import { Catalogue } from './catalogue.ts';
import { createFaults, findFault, type Fault, type Faults } from './faults.ts';
import { handle } from './handle.ts';
import { routeOf, type LoggedRequest, type Step } from './route.ts';

export interface RegistrySettings {
  /** Blobs are kept here in place of memory. The directory stays when the registry closes. */
  readonly directory?: string;
  readonly auth?: AuthSettings;
  /** PEM texts; plain HTTP where absent. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** A free port where absent. */
  readonly port?: number;
}

export interface RunningRegistry {
  /** `127.0.0.1:port`, as in references. */
  readonly host: string;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** All requests so far, in order. */
  readonly requests: LoggedRequest[];
  readonly faults: Faults;
  /** The steps of all requests so far. */
  steps(): Step[];
  revokeTokens(): void;
  close(): Promise<void>;
}

/** Starts an empty registry on 127.0.0.1. */
export async function startRegistry(settings: RegistrySettings = {}): Promise<RunningRegistry> {
  const shelves = {
    files: settings.directory === undefined ? memoryFiles() : directoryFiles(settings.directory),
    catalogue: new Catalogue(),
  };
  const gate = settings.auth === undefined ? undefined : new Gate(settings.auth);
  const faults = createFaults();
  const requests: LoggedRequest[] = [];
  let origin = '';

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = message;
    const url = new URL(path, origin);
    const route = routeOf(method, url);
    const logged: LoggedRequest = { ...route, method, path, headers, body: 0, status: undefined };
    requests.push(logged);
    const due = faults.take(route.step);
    await findFault(due, 'wait')?.until;
    const outcome =
      (await early(message, logged, url, due)) ??
      (await handle({ message, logged, url, faults: due }, shelves));
    if (outcome === undefined) return;
    logged.status = outcome.status;
    await sendAnswer(message, response, outcome, due);
  };

  /** Answers that come before the registry looks at what is asked for: faults, tokens, refusals. */
  const early = async (
    message: IncomingMessage,
    logged: LoggedRequest,
    url: URL,
    due: readonly Fault[],
  ): Promise<Outcome | undefined> => {
    const status = findFault(due, 'status');
    if (status !== undefined) {
      message.resume();
      return status;
    }
    const { authorization } = message.headers;
    if (logged.step === 'token') {
      const form = message.method === 'POST' ? new URLSearchParams(await textOf(message)) : undefined;
      return gate?.token(authorization, url, form);
    }
    const refusal = gate?.check(logged, authorization, url, origin);
    if (refusal !== undefined) message.resume();
    return refusal;
  };

  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    serve(message, response).catch(() => response.destroy());
  };
  const { tls } = settings;
  const server = tls === undefined ? createServer(listener) : createTlsServer({ ...tls }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port ?? 0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `${tls === undefined ? 'http' : 'https'}://${host}`;
  return {
    host,
    url: origin,
    requests,
    faults,
    steps: () => requests.map(({ step }) => step),
    revokeTokens: () => gate?.revokeTokens(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
