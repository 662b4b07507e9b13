import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { toText } from '../bytes/index.ts';
import type { RunOutcome, RunRequest, Sandbox } from '../build/index.ts';
import { runSandboxed, sandboxTools, type SandboxBind, type SandboxTools } from '../isolation/index.ts';
import type { RunOptions } from '../request/index.ts';
import { BOUND_FILES, boundFileTarget } from '../snapshot/index.ts';
import { fromErrorMessage } from './error-message.ts';
import type { Job } from './messages.ts';
import { networkFiles } from './network-files.ts';

/** The sandbox of the building process: RUN in namespaces below those this process is in. */
export function createSandbox(job: Job): Sandbox {
  let tools: SandboxTools | undefined;
  let runs = 0;
  return {
    ensureAvailable: () => {
      if (job.noRun !== undefined) throw fromErrorMessage(job.noRun);
      tools ??= sandboxTools(job.path);
    },
    run: async (request, signal) => {
      tools ??= sandboxTools(job.path);
      const directory = `${job.settings.scratch}/run${runs++}`;
      mkdirSync(directory, { mode: 0o700 });
      try {
        return await runIn(
          directory,
          request,
          { tools, ownProc: job.ownProc, run: job.spec.run ?? {} },
          signal,
        );
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}

async function runIn(
  directory: string,
  request: RunRequest,
  { run, ...machine }: { readonly tools: SandboxTools; readonly ownProc: boolean; readonly run: RunOptions },
  signal: AbortSignal,
): Promise<RunOutcome> {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  return runSandboxed(
    {
      ...machine,
      rootDir: toText(request.root.directory),
      args: request.args,
      env: request.env,
      workdir: request.workdir,
      user: request.user,
      network: request.network,
      mounts: request.mounts,
      secretEnv: request.secretEnv,
      shmBytes: run.shmBytes,
      limits: run.limits,
      binds: bindFiles(directory, request, run.extraHosts ?? []),
      script: request.script,
      scratchDir: directory,
      onOutput: (stream, chunk) => request.onOutput(stream, decoders[stream].decode(chunk, { stream: true })),
    },
    signal,
  );
}

/** Name resolution as on this machine, as copies that RUN may change without a trace. */
function bindFiles(
  directory: string,
  { root }: RunRequest,
  extraHosts: NonNullable<RunOptions['extraHosts']>,
): SandboxBind[] {
  const contents = networkFiles(extraHosts);
  return BOUND_FILES.map((file) => {
    const source = `${directory}${file.replace('/etc/', '/')}`;
    writeFileSync(source, contents[file], { mode: 0o644 });
    return { source, target: toText(boundFileTarget(root.view, file)) };
  });
}
