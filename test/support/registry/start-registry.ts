import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { breakConnection, sendAnswer, type Outcome } from './answer.ts';
import { Gate, type AuthSettings } from './auth.ts';
import { directoryFiles, memoryFiles } from './blob-files.ts';
import { Catalogue } from './catalogue.ts';
import { createFaults, findFault, type Fault, type Faults } from './faults.ts';
import { handle } from './handle.ts';
import { type UploadDialect } from './uploads.ts';
import { routeOf, type LoggedRequest, type Step } from './route.ts';

export interface RegistrySettings {
  /** Blobs are kept here in place of memory. The directory stays when the registry closes. */
  readonly directory?: string;
  readonly auth?: AuthSettings;
  /** PEM texts; plain HTTP where absent. */
  readonly tls?: {
    readonly cert: string;
    readonly key: string;
    /** Clients must show a certificate of this authority. */
    readonly clientAuthority?: string;
  };
  /** A free port where absent. */
  readonly port?: number;
  /** `127.0.0.1` where absent. */
  readonly address?: '127.0.0.1' | '::1';
  /** How uploads are taken; by the letter of the specification where absent. */
  readonly dialect?: UploadDialect;
}

export interface RunningRegistry {
  /** `127.0.0.1:port`, as in references. */
  readonly host: string;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** All requests so far, in order. */
  readonly requests: LoggedRequest[];
  /** Connections accepted, TLS handshakes done, and how many of those resumed a session. */
  readonly connections: { opened: number; handshakes: number; resumed: number };
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
  const connections = { opened: 0, handshakes: 0, resumed: 0 };
  const { dialect = {}, address = '127.0.0.1' } = settings;
  let origin = '';

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: path = '/', headers } = message;
    const url = new URL(path, origin);
    const route = routeOf(method, url);
    const logged: LoggedRequest = { ...route, method, path, headers, body: 0, status: undefined };
    requests.push(logged);
    const due = faults.take(route.step);
    await findFault(due, 'wait')?.until;
    if (breakConnection(message, response, due)) return;
    const outcome =
      (await early(message, logged, url, due)) ??
      (await handle({ message, logged, url, faults: due }, shelves, dialect));
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
  const server = tls === undefined ? createServer(listener) : createTlsServer(tlsOptions(tls), listener);
  server.on('connection', () => (connections.opened += 1));
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.handshakes += 1;
    if (socket.isSessionReused()) connections.resumed += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port ?? 0, address, resolve);
  });
  const name = address.includes(':') ? `[${address}]` : address;
  const host = `${name}:${(server.address() as AddressInfo).port}`;
  origin = `${tls === undefined ? 'http' : 'https'}://${host}`;
  return {
    host,
    url: origin,
    requests,
    connections,
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

function tlsOptions({ cert, key, clientAuthority }: NonNullable<RegistrySettings['tls']>): ServerOptions {
  if (clientAuthority === undefined) return { cert, key };
  return { cert, key, ca: clientAuthority, requestCert: true, rejectUnauthorized: true };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
