import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { CliPorts } from '../../src/cli/ports.ts';
import type {
  BuildRequest,
  BuildResult,
  CacheTaskRequest,
  RunBuild,
  WarmRequest,
} from '../../src/request/index.ts';
import { buildResult } from './build-results.ts';

export interface FakeCli {
  readonly ports: CliPorts;
  readonly signals: EventEmitter;
  readonly out: () => string;
  readonly err: () => string;
  /** The requests that reached the build. */
  readonly requests: BuildRequest[];
  /** The tasks on caches that were asked for. */
  readonly tasks: CacheTaskRequest[];
  readonly warmed: WarmRequest[];
  readonly exits: number[];
}

/** Ports whose build answers with what `build` gives. */
export function fakeCli(
  cwd: string,
  build: (...args: Parameters<RunBuild>) => BuildResult | Promise<BuildResult> = () => buildResult(),
  isTTY = false,
): FakeCli {
  const written = { out: '', err: '' };
  const requests: BuildRequest[] = [];
  const tasks: CacheTaskRequest[] = [];
  const warmed: WarmRequest[] = [];
  const exits: number[] = [];
  const signals = new EventEmitter();
  const ports: CliPorts = {
    runBuild: async (request, surroundings) => {
      requests.push(request);
      return build(request, surroundings);
    },
    runCall: async (request, call) => {
      requests.push(request);
      return Promise.resolve({ text: `${JSON.stringify(call)}\n`, status: 3, warnings: [] });
    },
    runPublish: () => Promise.resolve(buildResult()),
    runCacheTask: (request) => {
      tasks.push(request);
      return Promise.resolve({ text: 'told\n', json: { told: true }, status: 1 });
    },
    runExplain: (request) => {
      requests.push(request);
      return Promise.resolve({ text: 'explained\n', json: { explained: true }, status: 0 });
    },
    runWarmer: (request) => {
      warmed.push(request);
      return Promise.resolve({ text: '', json: { warmed: true }, status: 0 });
    },
    runDoctor: ({ env }) =>
      Promise.resolve({ text: `scratch ${env['TMPDIR'] ?? ''}`, json: { scratch: env['TMPDIR'] } }),
    stdin: Readable.from([]),
    stdout: { write: (text) => (written.out += text) },
    writeBytes: (chunk) => Promise.resolve(void (written.out += Buffer.from(chunk).toString('latin1'))),
    stderr: { write: (text) => (written.err += text), isTTY, columns: 80 },
    signals,
    exit: (status) => exits.push(status),
    version: () => '1.2.3',
    cwd,
    machine: 'x64',
    now: () => 0,
    time: () => '2026-01-02T03:04:05Z',
    exists: () => false,
  };
  return { ports, signals, out: () => written.out, err: () => written.err, requests, tasks, warmed, exits };
}
