import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { toText, type BytePath } from '../bytes/index.ts';
import type { RunOutcome, RunRequest, Sandbox } from '../build/index.ts';
import {
  executesArchitecture,
  runInPlace,
  runInProot,
  runSandboxed,
  sandboxTools,
  type SandboxBind,
  type SandboxSpec,
  type SandboxTools,
} from '../isolation/index.ts';
import type { RunOptions } from '../request/index.ts';
import { aptSettingsTarget, BOUND_FILES, boundFileTarget } from '../snapshot/index.ts';
import { fromErrorMessage } from './error-message.ts';
import type { Job } from './messages.ts';
import { networkFiles } from './network-files.ts';

/** The sandbox of the building process: RUN in namespaces below those this process is in. */
export function createSandbox(job: Job): Sandbox {
  let tools: SandboxTools | undefined;
  let runs = 0;
  const own = job.spec.buildPlatform.architecture;
  const executed = new Map([[own, true]]);
  return {
    mountsWritable: job.proot !== undefined,
    ensureAvailable: () => {
      if (job.noRun !== undefined) throw fromErrorMessage(job.noRun);
      tools ??= sandboxTools(job.path);
    },
    mountPoints: (view) => extraFiles(job, view).map(({ path }) => ({ path, kind: 'file' })),
    executes: (architecture) => {
      tools ??= sandboxTools(job.path);
      const known = executed.get(architecture);
      if (known !== undefined) return known;
      const found = executesArchitecture(architecture, own, placeOf(job), tools);
      executed.set(architecture, found);
      return found;
    },
    run: async (request, signal) => {
      tools ??= sandboxTools(job.path);
      const directory = `${placeOf(job)}/run${runs++}`;
      mkdirSync(directory, { mode: 0o700 });
      try {
        return await runIn(
          directory,
          request,
          { tools, ownProc: job.ownProc, oneUser: job.oneUser, proot: job.proot, run: job.spec.run ?? {} },
          signal,
        );
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}

/** What RUN hides in a root is moved there, so it has to be on the root's file system. */
function placeOf({ settings, trees }: Job): string {
  return settings.takeover === undefined ? settings.scratch : trees;
}

/** It lets changes of owner succeed that it does not make, and tells nobody, unless it was built for that. */
const PROOT_RECORDS_NOTHING = 'owners that programs set are not recorded by this proot';
/** A user other than root can give files to nobody. */
const NOTHING_RECORDED = 'owners that programs set are not recorded without strace';

/** What of this machine a RUN is run with. */
type Machine = Pick<SandboxSpec, 'tools' | 'ownProc' | 'oneUser'> & {
  readonly proot: Job['proot'];
  readonly run: RunOptions;
};

async function runIn(
  directory: string,
  request: RunRequest,
  machine: Machine,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const spec: SandboxSpec = {
    tools: machine.tools,
    ownProc: machine.ownProc,
    oneUser: machine.oneUser,
    rootDir: toText(request.root.directory),
    args: request.args,
    env: request.env,
    workdir: request.workdir,
    user: request.user,
    network: request.network,
    mounts: request.mounts,
    secretEnv: request.secretEnv,
    shmBytes: machine.run.shmBytes,
    limits: machine.run.limits,
    binds: bindFiles(directory, request, machine),
    script: request.script,
    scratchDir: directory,
    onOutput: (stream, chunk) => request.onOutput(stream, decoders[stream].decode(chunk, { stream: true })),
  };
  if (machine.proot !== undefined) {
    const { recording, ...outcome } = await runInProot(spec, machine.proot, signal);
    const unrecorded = recording?.unrecorded ?? [PROOT_RECORDS_NOTHING];
    return { ...outcome, ownership: recording?.events, unrecorded };
  }
  const runOne = request.root.directory === '/' ? runInPlace : runSandboxed;
  const { recording, ...outcome } = await runOne(spec, signal);
  const isLost =
    machine.oneUser !== undefined && machine.oneUser.strace === undefined && request.user.uid === 0;
  const unrecorded = isLost ? [NOTHING_RECORDED] : recording?.unrecorded;
  return { ...outcome, ownership: recording?.events, unrecorded };
}

/** Name resolution as on this machine, and more, as copies that RUN may change without a trace. */
function bindFiles(directory: string, { root }: RunRequest, machine: Machine): SandboxBind[] {
  const contents = networkFiles(machine.run.extraHosts ?? []);
  const files = [
    ...BOUND_FILES.map((file) => ({ path: boundFileTarget(root.view, file), content: contents[file] })),
    ...extraFiles(machine, root.view),
  ];
  return files.map(({ path, content }, index) => {
    const source = `${directory}/file${index}`;
    writeFileSync(source, content, { mode: 0o644 });
    return { source, target: toText(path) };
  });
}

/** apt works as another user where it can; it is told not to where there is none. */
function extraFiles(
  { oneUser }: Pick<Machine, 'oneUser'>,
  view: RunRequest['root']['view'],
): { readonly path: BytePath; readonly content: string }[] {
  const path = oneUser === undefined ? undefined : aptSettingsTarget(view);
  return path === undefined ? [] : [{ path, content: 'APT::Sandbox::User "root";\n' }];
}
