import { type HttpResponse } from './http-port.ts';
import { isTransient } from './network-error.ts';
import { retryAfterMs } from './retry-after.ts';
import { realWaiting, type Waiting } from './waiting.ts';

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Wait before the second attempt; doubles each time. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Longest wait a server may ask for; a longer one ends the attempts. */
  readonly retryAfterMaxMs: number;
}

/** Waits of about 0.5, 1, 2 and 4 seconds. */
export const DEFAULT_RETRIES: RetryPolicy = {
  attempts: 5,
  baseMs: 500,
  maxMs: 8_000,
  retryAfterMaxMs: 120_000,
};

/** The same policy with another number of retries, where one is given. */
export function withRetryCount(policy: RetryPolicy, retries: number | undefined): RetryPolicy {
  return retries === undefined ? policy : { ...policy, attempts: retries + 1 };
}

export interface RetryOptions {
  readonly policy?: RetryPolicy | undefined;
  readonly waiting?: Waiting | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each wait. */
  readonly onRetry?: ((reason: string, waitMs: number) => void) | undefined;
}

/** Answers that another attempt may not get: time-outs, rate limits, broken gateways. */
export const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 499, 500, 502, 503, 504, 522]);

/**
 * Sends until an answer is not of the passing kind, honouring Retry-After. Returns the last answer whatever its
 * status; throws the last error where the last attempt got none.
 */
export function withRetries(
  send: (attempt: number) => Promise<HttpResponse>,
  options: RetryOptions = {},
): Promise<HttpResponse> {
  return retrying(send, options, async (response, now, mayRetry) => {
    if (!RETRYABLE_STATUSES.has(response.status)) return undefined;
    const asked = askedWaitMs(response, now);
    if (!mayRetry(asked)) return undefined;
    await response.discard();
    return { reason: `status ${response.status}`, waitMs: asked };
  });
}

/** The wait an answer asks for, in milliseconds. A date in it is the server's, and so is the clock it counts from. */
export function askedWaitMs(response: HttpResponse, now: number): number | undefined {
  const theirs = Date.parse(response.header('date') ?? '');
  return retryAfterMs(response.header('retry-after'), Number.isNaN(theirs) ? now : theirs);
}

interface Again {
  readonly reason: string;
  readonly waitMs: number | undefined;
}

type Judge<T> = (
  value: T,
  now: number,
  mayRetry: (waitMs: number | undefined) => boolean,
) => Promise<Again | undefined>;

/** Repeats work that fails by a passing network error, or whose result `judge` wants again. */
export async function retrying<T>(
  work: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
  judge: Judge<T> = () => Promise.resolve(undefined),
): Promise<T> {
  const { policy = DEFAULT_RETRIES, waiting = realWaiting, signal, onRetry } = options;
  for (let attempt = 1; ; attempt += 1) {
    const last = attempt >= policy.attempts;
    let again: Again | undefined;
    try {
      const value = await work(attempt);
      again = await judge(value, waiting.now(), (asked) => !last && (asked ?? 0) <= policy.retryAfterMaxMs);
      if (again === undefined) return value;
    } catch (error) {
      if (last || !isTransient(error)) throw error;
      again = { reason: (error as Error).message, waitMs: undefined };
    }
    const waitMs = again.waitMs ?? backoffMs(attempt, policy, waiting.random());
    onRetry?.(again.reason, waitMs);
    await waiting.sleep(waitMs, signal);
  }
}

/** The wait after so many attempts: half fixed, half chance, so that many builds that failed together do not return together. */
export function backoffMs(attempt: number, policy: RetryPolicy, random: number): number {
  const full = Math.min(policy.maxMs, policy.baseMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
