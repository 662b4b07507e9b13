import type {
  BuildPorts,
  LayerCache,
  Download,
  DownloadRequest,
  Repository,
  RepositoryRequest,
} from '../build/index.ts';
import { BuildError } from '../errors/index.ts';
import type { BaseImage } from '../plan/index.ts';
import type { Reporter } from '../report/index.ts';
import { fromErrorMessage } from './error-message.ts';
import {
  BaseImageMessage,
  DownloadMessage,
  RecordsMessage,
  RepositoryMessage,
  type Call,
  type FromBuilder,
  type ToBuilder,
} from './messages.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** What the building process has of the world: a channel to the process with the network. */
export class ChannelPorts {
  readonly #send: (message: FromBuilder) => void;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(send: (message: FromBuilder) => void) {
    this.#send = send;
  }

  readonly images: BuildPorts['images'] = {
    resolve: async (reference, platform): Promise<BaseImage> =>
      BaseImageMessage.parse(await this.#call({ method: 'resolve', reference, platform })),
    resolveLayout: async (context, platform): Promise<BaseImage> =>
      BaseImageMessage.parse(await this.#call({ method: 'resolve-layout', context, platform })),
  };

  readonly fetchLayer: BuildPorts['fetchLayer'] = async ({ descriptor, diffId }) => {
    await this.#call({ method: 'fetch', layer: { descriptor, diffId } });
  };

  readonly download = async ({ url, checksum }: DownloadRequest): Promise<Download> =>
    DownloadMessage.parse(await this.#call({ method: 'download', url, checksum }));

  readonly fetchRepository = async (request: RepositoryRequest): Promise<Repository> =>
    RepositoryMessage.parse(await this.#call({ method: 'git', ...request }));

  readonly #keeping = new Set<Promise<unknown>>();

  /** The caches, which the other process asks. */
  cache(keeps: boolean): LayerCache {
    return {
      keeps,
      lookup: async (keys) => {
        const records = RecordsMessage.parse(await this.#call({ method: 'cache-lookup', keys: [...keys] }));
        return new Map(records.map((record) => [record.key, record]));
      },
      fetch: async (blob) => {
        await this.#call({ method: 'cache-fetch', blob });
      },
      outdated: (steps) => void this.#call({ method: 'cache-outdated', steps }).catch(() => undefined),
      keep: (record) => {
        const kept: Promise<unknown> = this.#call({ method: 'cache-keep', record })
          .catch(() => undefined)
          .finally(() => this.#keeping.delete(kept));
        this.#keeping.add(kept);
      },
    };
  }

  /** Resolves once all that is to be kept has arrived. */
  async settled(): Promise<void> {
    await Promise.all(this.#keeping);
  }

  /** Takes an answer or a refusal to an earlier call. */
  settle(message: Extract<ToBuilder, { readonly type: 'answer' | 'refusal' }>): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(fromErrorMessage(message.error));
  }

  /** Ends every call that still waits: nobody is left to answer. */
  abandon(): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new BuildError('CANCELLED', 'the build was cancelled'));
    }
    this.#waiting.clear();
  }

  /** A reporter whose words are shown by the other process. */
  reporter(): Reporter {
    const report = (report: Extract<FromBuilder, { type: 'report' }>['report']): void =>
      this.#send({ type: 'report', report });
    return {
      debug: (message) => report({ what: 'debug', message }),
      info: (message) => report({ what: 'info', message }),
      warn: (message, location) => report({ what: 'warn', message, location: location && { ...location } }),
      stepStarted: (step) => report({ what: 'stepStarted', step }),
      stepOutput: (step, stream, text) => report({ what: 'stepOutput', step, stream, text }),
      stepFinished: (step, outcome) => report({ what: 'stepFinished', step, outcome: { ...outcome } }),
      // Bytes only move in the process with the network.
      transfer: () => undefined,
    };
  }

  #call(call: Call): Promise<unknown> {
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ type: 'call', id, call });
    });
  }
}
