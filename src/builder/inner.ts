import { mkdirSync, rmSync, writeSync } from 'node:fs';
import { buildImage, type PlacedSteps } from '../build/index.ts';
import { DirectoryStore } from '../content/index.ts';
import { BuildError } from '../errors/index.ts';
import { closeInheritedDescriptors } from '../process/index.ts';
import { ChannelPorts } from './channel-ports.ts';
import { toErrorMessage } from './error-message.ts';
import { explainFullDisk } from './full-disk.ts';
import { messageLine, readMessages } from './message-stream.ts';
import { ToBuilder, type FromBuilder, type Job } from './messages.ts';
import { openContexts } from './open-contexts.ts';
import { createSandbox } from './sandbox.ts';

/**
 * The building process: takes a job on standard input, builds, and tells on standard output. Ends when the other end
 * is gone, whatever it is doing.
 */
async function main(): Promise<void> {
  // RUN must inherit nothing, and blobs must be readable by the caller also where this process is another user.
  closeInheritedDescriptors(process.env);
  process.umask(0o022);
  // Signals of the terminal go to the other process, which says what to do.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
  const cancelled = new AbortController();
  const ports = new ChannelPorts(send);
  let build: Promise<void> | undefined;
  for await (const message of readMessages(process.stdin, ToBuilder)) {
    if (message.type === 'start')
      build = runJob(message.job, ports, cancelled.signal).then(() => process.exit(0));
    else if (message.type === 'cancel') cancelled.abort();
    else ports.settle(message);
  }
  cancelled.abort();
  ports.abandon();
  await build;
}

async function runJob(job: Job, ports: ChannelPorts, signal: AbortSignal): Promise<void> {
  try {
    const image = await buildImage(
      job.spec,
      {
        images: ports.images,
        fetchLayer: ports.fetchLayer,
        download: ports.download,
        fetchRepository: ports.fetchRepository,
        store: new DirectoryStore(job.settings.scratch),
        ...openContexts(job.spec),
        cache: job.cache && ports.cache(job.cache.keeps),
        sandbox: createSandbox(job),
        reporter: ports.reporter(),
        secrets: new Map(
          Object.entries(job.secrets).map(([id, content]) => [id, Buffer.from(content, 'base64')]),
        ),
        sshAgents: new Map(Object.entries(job.sshAgents)),
        signal,
        now: () => Date.now(),
      },
      { ...job.settings, scratch: makeTrees(job) },
      job.cache?.steps as PlacedSteps | undefined,
    );
    await ports.settled();
    send({ type: 'built', image });
  } catch (error) {
    // While what fills the disk is still there.
    send({ type: 'failed', error: toErrorMessage(explainFullDisk(error, job.trees)) });
  } finally {
    // The image is exported meanwhile: nothing in the trees is needed for it.
    clean(job);
  }
}

/** Everybody may pass: RUN as another user than root reaches its root directory through it. */
function makeTrees(job: Job): string {
  mkdirSync(job.trees, { mode: 0o755 });
  return job.trees;
}

/** Removes the trees, which may belong to ids that only this process can act for. */
function clean(job: Job): void {
  try {
    rmSync(job.trees, { recursive: true, force: true });
  } catch {
    return; // directories that their owner may not change: whoever removes the scratch directory opens them up
  }
}

/** Writes at once and waits where the reader is slow: output of RUN must not pile up in memory. */
function send(message: FromBuilder): void {
  const bytes = Buffer.from(messageLine(message));
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(1, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new BuildError('CANCELLED', 'the build was cancelled', { cause: error });
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

await main();
