import { createHttpClient, type HttpClientOptions, type Waiting } from '../../src/http/index.ts';
import { digestOf, mediaTypes, type Descriptor } from '../../src/oci/index.ts';
import { parseReference } from '../../src/reference/index.ts';
import {
  createRegistryClient,
  registryTrust,
  type RegistryClient,
  type Repository,
} from '../../src/registry/index.ts';
import { silentReporter, type Transfer } from '../../src/report/index.ts';
import { type GivenCredential, type RegistryOptions } from '../../src/request/index.ts';

export const PLAIN_OPTIONS: RegistryOptions = {
  insecureRegistries: [],
  insecurePush: false,
  insecurePull: false,
  skipTlsVerify: false,
  skipTlsVerifyPull: false,
  skipTlsVerifyRegistries: [],
  mirrors: [],
  registryMap: {},
  skipDefaultFallback: false,
  certificates: {},
  clientCertificates: {},
  retries: {},
  checkPush: true,
  ignoreImmutableTags: false,
};

/** An environment in which no configuration of the machine is found. */
const BARE_ENV: Readonly<Record<string, string>> = { HOME: '/nonexistent', PATH: '/usr/bin:/bin' };

export interface Session {
  readonly client: RegistryClient;
  readonly waits: number[];
  readonly warnings: string[];
  readonly transfers: Transfer[];
  repository(name: string, access?: 'pull' | 'push'): Repository;
  close(): Promise<void>;
}

export interface SessionSettings {
  readonly registries?: Partial<RegistryOptions>;
  readonly credentials?: readonly GivenCredential[];
  readonly env?: Readonly<Record<string, string>>;
  /** http_proxy and its like. */
  readonly proxies?: Readonly<Record<string, string>>;
  readonly timeouts?: HttpClientOptions['timeouts'];
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A client that notes its waits in place of waiting. */
export function openSession(settings: SessionSettings = {}): Session {
  const waits: number[] = [];
  const warnings: string[] = [];
  const transfers: Transfer[] = [];
  const waiting: Waiting = {
    sleep: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    random: () => 0,
    now: settings.now ?? Date.now,
  };
  const http = createHttpClient({
    env: settings.proxies ?? {},
    timeouts: settings.timeouts,
    materialOf: registryTrust({ ...PLAIN_OPTIONS, ...settings.registries }, settings.env ?? BARE_ENV),
  });
  const client = createRegistryClient({
    registries: { ...PLAIN_OPTIONS, ...settings.registries },
    credentials: settings.credentials ?? [],
    env: settings.env ?? BARE_ENV,
    reporter: {
      ...silentReporter(),
      warn: (message) => void warnings.push(message),
      transfer: (transfer) => void transfers.push(transfer),
    },
    http,
    waiting,
  });
  return {
    client,
    waits,
    warnings,
    transfers,
    repository: (name, access = 'push') => client.repository(parseReference(name), access),
    close: () => http.close(),
  };
}

/** The descriptor of a layer with these bytes. */
export function layerOf(bytes: Uint8Array): Descriptor {
  return { mediaType: mediaTypes.OCI_LAYER_GZIP, digest: digestOf(bytes), size: bytes.length };
}

/** A stream of chunks that starts anew at each call. */
export function streamOf(bytes: Uint8Array, chunkBytes = 65_536): () => AsyncGenerator<Uint8Array> {
  return async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
}

/** All bytes of a stream. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** A manifest whose config and layers are these blobs. */
export function manifestOf(
  config: Descriptor,
  layers: readonly Descriptor[],
): { readonly descriptor: Descriptor; readonly bytes: Buffer } {
  const mediaType = mediaTypes.OCI_MANIFEST;
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers }));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}
