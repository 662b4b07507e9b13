import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { sendAnswer, type Outcome } from '../registry/answer.ts';
import { createFaults, findFault, type Faults } from '../registry/faults.ts';
import { BlobStorage, type StorageStep } from './blob-storage.ts';
import { CacheEntries, type CacheEntry } from './cache-entries.ts';
import { answerCall, serviceStep, type ServiceParts, type ServiceStep } from './cache-methods.ts';
import { signAddress } from './signed-address.ts';

export type FakeStep = ServiceStep | StorageStep;

/** A request that came in. */
export interface LoggedCall {
  readonly server: 'service' | 'storage';
  readonly step: FakeStep;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body of a call of the service. */
  readonly body: string;
  /** Bytes of the request's body. */
  readonly received: number;
  /** Bytes of the answer's body, before faults. */
  readonly sent: number;
  readonly status: number;
}

export interface GithubCacheSettings {
  /** New entries a minute; GitHub takes 200. */
  readonly entriesAMinute?: number;
  /** How long signed addresses hold, milliseconds. */
  readonly addressesLast?: number;
  /** Storage in place of the fake's own. */
  readonly storage?: OtherStorage;
}

export interface OtherStorage {
  /** The signed address of a blob. */
  address(path: string, permissions: 'r' | 'cw', expires: number): string;
  size(path: string): Promise<number | undefined>;
}

export interface GithubCache {
  /** ACTIONS_RESULTS_URL. */
  readonly url: string;
  readonly entries: readonly CacheEntry[];
  readonly calls: LoggedCall[];
  readonly faults: Faults<FakeStep>;
  /** Lets time pass for expiry and limits. */
  pass(milliseconds: number): void;
  /** Removes entries with their blobs. */
  evict(which: (entry: CacheEntry) => boolean): void;
  /** Changes what the storage has of entries; undefined removes it. */
  corrupt(which: (entry: CacheEntry) => boolean, change: (bytes: Buffer) => Buffer | undefined): void;
  content(entry: CacheEntry): Buffer | undefined;
  close(): Promise<void>;
}

/** Starts an empty cache service with its storage, on 127.0.0.1. */
export async function startGithubCache(settings: GithubCacheSettings = {}): Promise<GithubCache> {
  let ahead = 0;
  const now = (): number => Date.now() + ahead;
  const entries = new CacheEntries(now);
  const storage = new BlobStorage(now);
  const faults = createFaults<FakeStep>();
  const calls: LoggedCall[] = [];
  const created: number[] = [];
  let storageOrigin = '';
  const parts: ServiceParts = {
    entries,
    address: (path, permissions) => {
      const expires = now() + (settings.addressesLast ?? 600_000);
      return (
        settings.storage?.address(path, permissions, expires) ??
        signAddress(storageOrigin, path, permissions, expires)
      );
    },
    stored: (path) => settings.storage?.size(path) ?? Promise.resolve(storage.bytes(path)?.length),
    mayCreate: () => {
      const recent = created.filter((at) => at > now() - 60_000).length;
      if (recent >= (settings.entriesAMinute ?? 200)) return false;
      created.push(now());
      return true;
    },
  };
  const service = await listen('service', calls, faults, (method, url, headers, body) => {
    const step = serviceStep(method, url.pathname);
    return { step, outcome: () => answerCall(step, headers.authorization, body.toString('utf8'), parts) };
  });
  const blobs = await listen('storage', calls, faults, (method, url, headers, body) => {
    const step = storage.step(method, url);
    return { step, outcome: () => storage.handle(step, url, headers, body) };
  });
  storageOrigin = originOf(blobs);
  return {
    url: `${originOf(service)}/`,
    entries: entries.list,
    calls,
    faults,
    pass: (milliseconds) => void (ahead += milliseconds),
    evict: (which) => entries.evict(which).forEach(({ path }) => storage.change(path, () => undefined)),
    corrupt: (which, change) =>
      entries.list.filter(which).forEach(({ path }) => storage.change(path, change)),
    content: ({ path }) => storage.bytes(path),
    close: async () => void (await Promise.all([stop(service), stop(blobs)])),
  };
}

type Handler = (
  method: string,
  url: URL,
  headers: IncomingHttpHeaders,
  body: Buffer,
) => { readonly step: FakeStep; readonly outcome: () => Outcome | Promise<Outcome> };

async function listen(
  name: LoggedCall['server'],
  calls: LoggedCall[],
  faults: ReturnType<typeof createFaults<FakeStep>>,
  handle: Handler,
): Promise<Server> {
  const server = createServer((message, response) => {
    const answer = async (): Promise<void> => {
      const body = await bodyOf(message);
      const { method = 'GET', url = '/', headers } = message;
      const { step, outcome } = handle(method, new URL(url, 'http://cache'), headers, body);
      const due = faults.take(step);
      await findFault(due, 'wait')?.until;
      const { status, headers: sent, body: content } = findFault(due, 'status') ?? (await outcome());
      const bytes = Buffer.isBuffer(content) ? content : Buffer.from(String(content ?? ''));
      const text = name === 'service' ? body.toString('utf8') : '';
      const { pathname: path } = new URL(url, 'http://cache');
      const logged = { server: name, step, path, headers, body: text, received: body.length, status };
      calls.push({ ...logged, sent: method === 'HEAD' ? 0 : bytes.length });
      await sendAnswer(message, response, { status, headers: sent ?? {}, body: bytes }, due);
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
