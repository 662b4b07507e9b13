import { mkdirSync, realpathSync } from 'node:fs';
import { toBuildError } from '../../errors/index.ts';
import type { IsolationChoice } from '../../request/index.ts';
import { BACKEND_NAMES, type Backend, type BackendName } from '../backend/backend.ts';
import { removeScratch } from '../backend/remove-scratch.ts';
import { isShifted, shareScratch } from '../backend/shared-scratch.ts';
import { sandboxTools } from '../sandbox-tools.ts';
import { makeScratch } from '../scratch/make-scratch.ts';
import { candidate } from './candidates.ts';
import type { OneUser } from '../recorder/one-user-command.ts';
import { explain, STRACE_REMEDY } from './explain.ts';
import { machineFacts, type MachineFacts } from './machine-facts.ts';
import { tryProot } from './try-proot.ts';
import { tryInside, type TrialResult } from './trial.ts';
import { tryTakeover } from './try-takeover.ts';

/** What came of one backend. */
export interface ProbeResult {
  readonly backend: BackendName;
  readonly usable: boolean;
  /** Why not; or, where usable, what is missing for full speed or fidelity (may be empty). */
  readonly reason: string;
  /** What would make it usable, one sentence. */
  readonly remedy?: string | undefined;
  /** Ready to be started, where usable. */
  readonly ready?: Backend | undefined;
  /** Milliseconds it took to find out. */
  readonly milliseconds?: number | undefined;
}

export interface ProbeReport {
  readonly facts: MachineFacts;
  /** In order of preference, up to the first usable one or all; only the one asked for where `only` named one. */
  readonly results: readonly ProbeResult[];
  /** The first usable one. */
  readonly chosen: BackendName | undefined;
  /** What the chosen one gives. */
  readonly overlay: boolean;
  readonly ownProc: boolean;
}

export interface ProbeOptions {
  /** Where scratch space will be made; its file system decides whether overlays work. */
  readonly scratchParent: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly only?: IsolationChoice | undefined;
  /** A container's root may be taken over whatever is in it. */
  readonly force?: boolean | undefined;
  /** Go on after the first that works. */
  readonly everything?: boolean | undefined;
}

/**
 * Finds out by doing which backends work here, each with a time limit: one after another up to the first that does, or
 * `everything`, all at once. Never throws for what does not work; FILESYSTEM where nothing can be written below `scratchParent`.
 */
export async function probeIsolation({
  scratchParent,
  env,
  only = 'auto',
  force = false,
  everything = false,
}: ProbeOptions): Promise<ProbeReport> {
  mkdirSync(scratchParent, { recursive: true });
  const facts = machineFacts(realpathSync(scratchParent), env);
  const names = BACKEND_NAMES.filter((name) => only === 'auto' || only === name);
  const toolsMissing = missingTools(env['PATH'] ?? '');
  const timed = (name: BackendName): Promise<ProbeResult> =>
    timedProbe(name, facts, { env: definedOnly(env), forced: only === name, force, toolsMissing });
  const results = await (everything ? Promise.all(names.map(timed)) : untilUsable(names, timed));
  const chosen = results.find((result) => result.usable);
  return {
    facts,
    results,
    chosen: chosen?.backend,
    overlay: chosen?.ready?.overlay ?? false,
    ownProc: chosen?.ready?.ownProc ?? false,
  };
}

async function untilUsable(
  names: readonly BackendName[],
  probeOne: (name: BackendName) => Promise<ProbeResult>,
): Promise<ProbeResult[]> {
  const results: ProbeResult[] = [];
  for (const name of names) {
    const result = await probeOne(name);
    results.push(result);
    if (result.usable) break;
  }
  return results;
}

interface ProbeSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly forced: boolean;
  readonly force: boolean;
  readonly toolsMissing: { readonly reason: string; readonly remedy: string | undefined } | undefined;
}

async function timedProbe(
  name: BackendName,
  facts: MachineFacts,
  settings: ProbeSettings,
): Promise<ProbeResult> {
  const started = performance.now();
  const result = await probe(name, facts, settings);
  return { ...result, milliseconds: Math.round(performance.now() - started) };
}

async function probe(
  name: BackendName,
  facts: MachineFacts,
  { env, forced, force, toolsMissing }: ProbeSettings,
): Promise<ProbeResult> {
  const tried = candidate(name, facts, forced, force);
  if (!('backend' in tried)) return { backend: name, usable: false, ...tried };
  const { backend } = tried;
  if (name === 'none') {
    return { backend: name, usable: true, reason: 'builds without RUN only', ready: backend };
  }
  if (toolsMissing !== undefined) return { backend: name, usable: false, ...toolsMissing };
  if (name === 'inplace') return judgeTakeover(backend);
  const scratch = await makeScratch(facts.scratch, name);
  const directory = `${scratch.directory}/trial`;
  mkdirSync(directory);
  shareScratch(backend, scratch.directory);
  const [able, trial] = await tryOut(backend, directory, env);
  await removeScratch(scratch.directory, backend, env).catch(() => undefined); // the next build's cleaning takes it
  await scratch.release();
  return judge(able, trial, facts);
}

/** The backend as it works here, and what came of it. */
async function tryOut(
  backend: Backend,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<[Backend, TrialResult]> {
  if (backend.proot === undefined) return [backend, await tryInside(backend, directory, env)];
  const { program, result } = await tryProot(backend.proot, directory, env);
  return [{ ...backend, proot: program }, result];
}

function judgeTakeover(backend: Backend): ProbeResult {
  const reason = tryTakeover(backend.builderDirectory ?? '');
  if (reason !== undefined) return { backend: backend.name, usable: false, reason };
  const notes = 'RUN has no namespaces: it can see and disturb the builder, and mounts are copies';
  return { backend: backend.name, usable: true, reason: notes, ready: backend };
}

function judge(backend: Backend, trial: TrialResult, facts: MachineFacts): ProbeResult {
  const refused = trial.entered ? fatal(trial.failures) : trial.reason;
  if (refused !== undefined) {
    return { backend: backend.name, usable: false, ...explain(refused, backend.name, facts) };
  }
  const { failures } = trial as Extract<TrialResult, { entered: true }>;
  const notes = [
    ...(isShifted(backend) ? ['root is another user inside: it reads no file that only root may'] : []),
    ...(backend.oneUser === undefined ? [] : [noteOfOneUser(backend.oneUser)]),
    ...(backend.proot === undefined ? [] : [prootNotes(backend.proot.records)]),
    ...(backend.proot?.unfiltered === true ? ['this proot has no filter of system calls and is slow'] : []),
    ...(failures.overlay === undefined ? [] : [`no overlay on ${facts.scratchFsType}: ${failures.overlay}`]),
    ...(failures.proc === undefined ? [] : [`no /proc of its own for RUN: ${failures.proc}`]),
    ...facts.scratchRestrictions.map((option) => `scratch is mounted ${option}`),
  ];
  const ready = { ...backend, overlay: failures.overlay === undefined, ownProc: failures.proc === undefined };
  return { backend: backend.name, usable: true, reason: notes.join('; '), ready };
}

function noteOfOneUser({ strace }: OneUser): string {
  if (strace !== undefined) return 'one user only: owners are recorded, not set';
  return `one user only, and owners that programs set are lost: ${STRACE_REMEDY}`;
}

function prootNotes(records: boolean): string {
  return `RUN is not kept apart; owners that programs set are ${records ? 'recorded, not set' : 'lost'}`;
}

/** Without being root, mounts and changed owners there is no RUN. */
function fatal(failures: Extract<TrialResult, { entered: true }>['failures']): string | undefined {
  return failures.root ?? failures.mount ?? failures.chown;
}

function missingTools(pathText: string): { reason: string; remedy: string | undefined } | undefined {
  try {
    sandboxTools(pathText);
    return undefined;
  } catch (error) {
    const { message, hint } = toBuildError(error);
    return { reason: message, remedy: hint };
  }
}

function definedOnly(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
