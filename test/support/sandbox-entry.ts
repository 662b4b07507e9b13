/**
 * A little builder for tests: reads EntrySettings from standard input, picks a backend, starts itself inside, makes a busybox
 * root there and runs commands in it one after the other. Prints an EntryReport as JSON.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { BuildError } from '../../src/errors/index.ts';
import {
  chooseBackend,
  probeIsolation,
  removeScratch,
  runSandboxed,
  sandboxTools,
  startInside,
  type Backend,
  type SandboxSpec,
} from '../../src/isolation/index.ts';
import { closeInheritedDescriptors, run } from '../../src/process/index.ts';
import { makeBusyboxRoot } from './busybox-root.ts';
import type { EntryReport, EntryRun, EntrySettings, RunReport } from './sandbox-report.ts';

closeInheritedDescriptors(process.env);
const given = JSON.parse(await text(process.stdin));
process.stdout.write(
  JSON.stringify(process.argv[2] === 'inside' ? await inside(given) : await outside(given)),
);

interface Job {
  readonly directory: string;
  readonly backend: Backend;
  readonly settings: EntrySettings;
}

async function outside(settings: EntrySettings): Promise<EntryReport> {
  const scratchParent = settings.scratchParent;
  const report = await probeIsolation({ scratchParent, env: process.env, only: settings.backend });
  const backend = chooseBackend(report, settings.backend);
  const directory = mkdtempSync(`${scratchParent}/ts-kaniko-test-`);
  chmodSync(directory, 0o755);
  const env = { PATH: process.env['PATH'] ?? '', BUILDER_SECRET: process.env['BUILDER_SECRET'] ?? '' };
  const child = await startInside(backend, [process.execPath, import.meta.filename, 'inside'], {
    env,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin?.end(JSON.stringify({ directory, backend, settings } satisfies Job));
  const output = child.stdout === null ? '' : await text(child.stdout);
  const exit = await child.exited;
  await removeScratch(directory, backend, env);
  return {
    backend,
    runs: output === '' ? [] : JSON.parse(output),
    exitStatus: exit.status,
    removed: !existsSync(directory),
  };
}

async function inside({ directory, backend, settings }: Job): Promise<RunReport[]> {
  const tools = sandboxTools(process.env['PATH'] ?? '');
  const root = settings.overlay === true ? await overlay(directory, backend) : `${directory}/root`;
  if (settings.overlay !== true) makeBusyboxRoot(root);
  const reports: RunReport[] = [];
  for (const step of settings.runs) reports.push(await runStep(step, { root, directory, backend, tools }));
  return reports;
}

async function overlay(directory: string, backend: Backend): Promise<string> {
  makeBusyboxRoot(`${directory}/lower`);
  for (const name of ['upper', 'work', 'root']) mkdirSync(`${directory}/${name}`);
  const dirs = `lowerdir=${directory}/lower,upperdir=${directory}/upper,workdir=${directory}/work`;
  const options = backend.userxattr ? `${dirs},userxattr` : dirs;
  const mounted = await run('mount', ['-t', 'overlay', '-o', options, 'overlay', `${directory}/root`]);
  if (mounted.status !== 0) throw new Error(mounted.stderr);
  return `${directory}/root`;
}

async function runStep(
  step: EntryRun,
  place: { root: string; directory: string; backend: Backend; tools: SandboxSpec['tools'] },
): Promise<RunReport> {
  const output = { stdout: '', stderr: '' };
  const abort = new AbortController();
  const spec: SandboxSpec = {
    rootDir: place.root,
    args: step.args ?? ['sh', '-c', step.script ?? ''],
    env: { PATH: '/bin', ...step.env },
    workdir: step.workdir ?? '/',
    user: { uid: step.uid ?? 0, gid: step.gid ?? step.uid ?? 0, groups: step.groups ?? [] },
    ownProc: step.ownProc ?? place.backend.ownProc,
    oneUser: place.backend.oneUser,
    network: step.network ?? 'host',
    binds: [{ source: '/etc/hosts', target: '/etc/hosts', readOnly: true }, ...(step.binds ?? [])],
    scratchDir: place.directory,
    tools: place.tools,
    onOutput: (stream, chunk) => {
      output[stream] += Buffer.from(chunk).toString('utf8');
      if (step.abortWhenSeen !== undefined && output.stdout.includes(step.abortWhenSeen)) abort.abort();
    },
  };
  try {
    return { ...(await runSandboxed(spec, abort.signal)), ...output };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return { exitCode: -1, errorCode: error.code, errorMessage: error.message, ...output };
  }
}
