import { EventEmitter } from 'node:events';
import type { ActionPorts } from '../../src/action/ports.ts';
import type { Place, Runner } from '../../src/action/runner.ts';
import type { BuildRequest, BuildResult, RunBuild } from '../../src/request/index.ts';
import { buildResult } from './build-results.ts';

/** What the GitHub runner would have seen of a step. */
export interface FakeRunner {
  readonly ports: ActionPorts;
  readonly signals: EventEmitter;
  readonly requests: BuildRequest[];
  readonly lines: string[];
  readonly masks: string[];
  readonly outputs: Map<string, string>;
  readonly state: Map<string, string>;
  readonly summaries: string[];
  readonly notes: { readonly level: 'warning' | 'error'; readonly message: string; readonly place?: Place }[];
  /** Where the post step looked for what killed builds left. */
  readonly swept: string[];
  readonly exits: number[];
}

interface FakeOptions {
  readonly cwd: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly build?: (...args: Parameters<RunBuild>) => BuildResult | Promise<BuildResult>;
  readonly state?: Readonly<Record<string, string>>;
  /** Replaces parts of the runner. */
  readonly runner?: Partial<Runner>;
  readonly sweepScratch?: ActionPorts['sweepScratch'];
}

export function fakeRunner(options: FakeOptions): FakeRunner {
  const { cwd, inputs = {}, build = () => buildResult(), state = {} } = options;
  const seen = {
    signals: new EventEmitter(),
    requests: [] as BuildRequest[],
    lines: [] as string[],
    masks: [] as string[],
    outputs: new Map<string, string>(),
    state: new Map(Object.entries(state)),
    summaries: [] as string[],
    notes: [] as FakeRunner['notes'],
    swept: [] as string[],
    exits: [] as number[],
  };
  const note = (level: 'warning' | 'error') => (message: string, place: Place | undefined) =>
    void seen.notes.push({ level, message, ...(place !== undefined && { place }) });
  const runner: Runner = {
    input: (name) => (inputs[name] ?? '').trim(),
    setOutput: (name, value) => void seen.outputs.set(name, value),
    mask: (secret) => void seen.masks.push(secret),
    warn: note('warning'),
    fail: note('error'),
    line: (text) => void seen.lines.push(text),
    startGroup: (title) => void seen.lines.push(`::group::${title}`),
    endGroup: () => void seen.lines.push('::endgroup::'),
    saveState: (name, value) => void seen.state.set(name, value),
    state: (name) => state[name] ?? '',
    summarise: (html) => Promise.resolve(void seen.summaries.push(html)),
    isDebug: () => false,
    ...options.runner,
  };
  const ports: ActionPorts = {
    runner,
    runBuild: async (request, surroundings) => {
      seen.requests.push(request);
      return build(request, surroundings);
    },
    runPublish: (request) => Promise.resolve(buildResult({ warnings: request.sources })),
    runCall: (request, { method }) => {
      seen.requests.push(request);
      const location = { file: 'Dockerfile', line: 2, column: 1, endLine: 2 };
      const warnings = [{ message: `a warning of ${method}`, location }];
      return Promise.resolve({ text: '::add-mask::answer\n', status: method === 'check' ? 1 : 0, warnings });
    },
    runDoctor: ({ scratchParent }) =>
      Promise.resolve({ text: `scratch\n::add-mask::${scratchParent ?? 'anywhere'}`, json: {} }),
    archives: { restore: () => Promise.resolve(false), save: () => Promise.resolve(false) },
    sweepScratch: options.sweepScratch ?? ((parent) => Promise.resolve(void seen.swept.push(parent))),
    signals: seen.signals,
    exit: (status) => seen.exits.push(status),
    cwd,
    machine: 'x64',
    now: () => 0,
  };
  return { ...seen, ports };
}
