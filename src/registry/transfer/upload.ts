import { BuildError } from '../../errors/index.ts';
import { backoffMs, isTransient, type HttpResponse } from '../../http/index.ts';
import { registryFailure } from '../failure.ts';
import { checkStatedDigest } from '../stated-digest.ts';
import { cancelUpload, resync, startUpload, type UploadSession } from './upload-session.ts';
import { judge, type Verdict } from './upload-verdict.ts';
import { sendChunks, sendStream, sendWhole, WAYS, type Sending, type Way } from './upload-ways.ts';

/** An upload that got this much further counts as progress: the count of failures starts anew. */
const PROGRESS_BYTES = 1024 * 1024;

export interface BlobUpload {
  readonly sending: Sending;
  /** True where the content can be read again; what is broken is not repeated otherwise. */
  readonly repeatable: boolean;
  /** Whether the registry has the blob. */
  readonly has: () => Promise<boolean>;
}

/** What is known of the upload and of the registry's dialect. */
interface State {
  way: Way;
  /** False once the registry refused a PUT with bytes. */
  putTakesBytes: boolean;
  session: UploadSession | undefined;
  failures: number;
}

/**
 * Uploads a blob: in one piece, or as the registry wants it. Where the connection breaks it goes on where the registry
 * stands, or starts over where that is not known, unless the blob has arrived after all.
 */
export async function uploadBlob(upload: BlobUpload): Promise<void> {
  const state: State = { way: 'whole', putTakesBytes: true, session: undefined, failures: 0 };
  try {
    for (;;) {
      const reached = state.session?.offset ?? 0;
      const failure = await tryOnce(upload, state);
      if (failure === undefined) return;
      if (failure.kind === 'other-way') continue;
      const progress = (state.session?.offset ?? 0) - reached >= PROGRESS_BYTES;
      state.failures = progress ? 1 : state.failures + 1;
      if (await recover(upload, state, failure)) return;
    }
  } finally {
    await upload.sending.content.close();
  }
}

type Failure =
  | { readonly kind: 'other-way' }
  | { readonly kind: 'passing'; readonly error: unknown; readonly waitMs: number | undefined };

/** One try; undefined where the blob is stored. Throws what no other try would change. */
async function tryOnce(upload: BlobUpload, state: State): Promise<Failure | undefined> {
  const { sending, repeatable } = upload;
  const { attempt, scopes, signal } = sending;
  try {
    const session = state.session ?? (await startUpload(attempt, scopes, signal).catch(exhausted));
    if (session === 'stored') return undefined;
    state.session = session;
    const response = await send(sending, state, session);
    const now = attempt.connection.waiting.now();
    const verdict = judge(response, state.way, session, { size: sending.descriptor.size, now });
    return await act(verdict, response, sending, state, repeatable);
  } catch (error) {
    if (!repeatable || !isTransient(error)) throw error;
    return { kind: 'passing', error, waitMs: undefined };
  }
}

function send(sending: Sending, state: State, session: UploadSession): Promise<HttpResponse> {
  if (state.way === 'whole') return sendWhole(sending, session);
  if (state.way === 'stream') return sendStream(sending, session);
  return sendChunks(sending, session, state.putTakesBytes);
}

async function act(
  verdict: Verdict,
  response: HttpResponse,
  { attempt, descriptor, scopes }: Sending,
  state: State,
  repeatable: boolean,
): Promise<Failure | undefined> {
  if (verdict.kind === 'stored') {
    await response.discard();
    checkStatedDigest(response, descriptor.digest, attempt);
    return undefined;
  }
  const failure = await registryFailure(response, attempt);
  if (!repeatable || verdict.kind === 'refused') throw failure;
  if (verdict.kind === 'passing') {
    if (verdict.sessionLost) state.session = undefined;
    // A registry that fails the empty end may take one with bytes (ECR).
    if (verdict.atEmptyEnd) state.putTakesBytes = true;
    return { kind: 'passing', error: failure, waitMs: verdict.waitMs };
  }
  const next = WAYS[WAYS.indexOf(state.way) + 1];
  if (next === undefined) throw failure;
  if (state.session !== undefined) await cancelUpload(attempt, state.session, scopes);
  if (state.way === 'whole') state.putTakesBytes = false;
  state.way = next;
  state.session = undefined;
  return { kind: 'other-way' };
}

/** Waits, and finds out where to go on; true where the blob has arrived. Throws the failure where it was one too many. */
async function recover(
  { sending, has }: BlobUpload,
  state: State,
  failure: Extract<Failure, { kind: 'passing' }>,
): Promise<boolean> {
  const { attempt, descriptor, scopes, signal } = sending;
  const { waiting, policies } = attempt.connection;
  const policy = policies.requests;
  if (state.failures >= policy.attempts || (failure.waitMs ?? 0) > policy.retryAfterMaxMs)
    throw failure.error;
  const waitMs = failure.waitMs ?? backoffMs(state.failures, policy, waiting.random());
  await waiting.sleep(waitMs, signal);
  if (await has().catch(exhausted)) return true;
  const { session } = state;
  if (session === undefined) return false;
  const known = await resync(attempt, session, descriptor.size, scopes, signal).catch(() => false);
  signal?.throwIfAborted();
  if (known) state.way = 'chunks';
  else state.session = undefined;
  return false;
}

/** Requests that make their own attempts have made them all: without its cause their failure counts as lasting. */
function exhausted(error: unknown): never {
  if (!(error instanceof BuildError) || error.code !== 'NETWORK') throw error;
  throw new BuildError('NETWORK', error.message, { hint: error.hint });
}
