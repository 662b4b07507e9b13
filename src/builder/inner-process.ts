import type { Readable, Writable } from 'node:stream';
import type { BuiltImage } from '../build/index.ts';
import { BuildError, toBuildError } from '../errors/index.ts';
import { startInside, type Backend } from '../isolation/index.ts';
import type { ChildHandle } from '../process/index.ts';
import type { Reporter } from '../report/index.ts';
import { fromErrorMessage, toErrorMessage } from './error-message.ts';
import { messageLine, readMessages } from './message-stream.ts';
import { FromBuilder, PROTOCOL_VERSION, type Call, type Job, type ToBuilder } from './messages.ts';
import { showReport } from './show-report.ts';

/** How long the building process may take to tidy up after a cancellation before it is killed. */
const TIDY_MS = 4000;

export interface InnerProcess {
  readonly backend: Backend;
  /** Program and arguments of the building process. */
  readonly command: readonly string[];
  /** All the environment it gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly reporter: Reporter;
  /** Answers what needs the network. */
  answer(call: Call): Promise<unknown>;
}

/** What a building process made, and the end of the process, which still tidies up. */
export interface BuiltInside {
  readonly image: BuiltImage;
  readonly ended: Promise<unknown>;
}

/**
 * Runs a job in a building process inside the isolation, and resolves as soon as the image is there. Throws what the job
 * failed with, once the process has ended.
 */
export async function buildInside(job: Job, inner: InnerProcess, signal: AbortSignal): Promise<BuiltInside> {
  const { backend, command, env, cwd } = inner;
  const child = await startInside(backend, command, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  const send = sender(child.stdin);
  const stopCancelling = cancelOn(signal, child, send);
  const complaints = collectText(child.stderr);
  try {
    send({ type: 'start', version: PROTOCOL_VERSION, job });
    const image = await converse(child, send, inner);
    signal.throwIfAborted();
    if (image !== undefined) return { image, ended: child.exited };
    throw endedEarly(await child.exited, complaints());
  } catch (error) {
    child.stdin?.end();
    await child.exited;
    throw error;
  } finally {
    stopCancelling();
  }
}

/** Serves the building process until it says how the build ended; undefined where it ends without a word. */
async function converse(
  child: ChildHandle,
  send: (message: ToBuilder) => void,
  inner: InnerProcess,
): Promise<BuiltImage | undefined> {
  for await (const message of readMessages(child.stdout as Readable, FromBuilder)) {
    if (message.type === 'report') showReport(message.report, inner.reporter);
    else if (message.type === 'call') void answer(message, inner, send);
    else if (message.type === 'failed') throw fromErrorMessage(message.error);
    else return message.image as BuiltImage;
  }
  return undefined;
}

async function answer(
  { id, call }: Extract<FromBuilder, { readonly type: 'call' }>,
  inner: InnerProcess,
  send: (message: ToBuilder) => void,
): Promise<void> {
  try {
    send({ type: 'answer', id, value: (await inner.answer(call)) ?? null });
  } catch (error) {
    send({ type: 'refusal', id, error: toErrorMessage(error) });
  }
}

function sender(stdin: Writable | null): (message: ToBuilder) => void {
  // A process that ended reads no more; how it ended is told elsewhere.
  stdin?.on('error', () => undefined);
  return (message) => void stdin?.write(messageLine(message));
}

/** Asks the process to stop when the signal says so, and kills it where it does not in time. */
function cancelOn(signal: AbortSignal, child: ChildHandle, send: (message: ToBuilder) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    send({ type: 'cancel' });
    timer = setTimeout(() => child.kill(), TIDY_MS);
  };
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  return () => {
    signal.removeEventListener('abort', cancel);
    clearTimeout(timer);
  };
}

/** What the process wrote on its standard error, as far as it matters: the end. */
function collectText(stream: Readable | null): () => string {
  const LONGEST = 16 * 1024;
  let text = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => (text = (text + chunk).slice(-LONGEST)));
  return () => text.trim();
}

function endedEarly(
  exit: { readonly status: number | null; readonly signal: string | null },
  said: string,
): BuildError {
  const how = exit.signal === null ? `with status ${exit.status}` : `by ${exit.signal}`;
  const cause = said === '' ? undefined : new Error(said);
  return new BuildError('INTERNAL', `the building process ended ${how} before the build was done`, {
    cause: cause === undefined ? undefined : toBuildError(cause),
    hint:
      exit.signal === 'SIGKILL'
        ? 'a process that is killed mostly ran into the memory limit of its container'
        : undefined,
  });
}
