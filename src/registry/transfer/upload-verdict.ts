import { RETRYABLE_STATUSES, askedWaitMs, type HttpResponse } from '../../http/index.ts';
import { type UploadSession } from './upload-session.ts';
import { type Way } from './upload-ways.ts';

/** What an answer means for an upload. */
export type Verdict =
  | { readonly kind: 'stored' }
  /** Not in this way; another one may do. */
  | { readonly kind: 'other-way' }
  /** Another try may succeed. */
  | {
      readonly kind: 'passing';
      readonly waitMs: number | undefined;
      readonly sessionLost: boolean;
      /** It was an end without bytes that failed, after all bytes were taken. */
      readonly atEmptyEnd: boolean;
    }
  | { readonly kind: 'refused' };

/** Answers of registries that do not take a PUT with bytes, a PATCH, a range, or so much at once. */
const NOT_THIS_WAY: ReadonlySet<number> = new Set([405, 411, 413, 415, 416, 501]);

/** The verdict on the last answer of a try: of the PUT, or of a PATCH that was not taken. */
export function judge(
  response: HttpResponse,
  way: Way,
  session: UploadSession,
  { size, now }: { readonly size: number; readonly now: number },
): Verdict {
  const { status } = response;
  const atEmptyEnd = way === 'chunks' && status === 500 && session.offset === size && size > 0;
  const passing = (lost: boolean, waitMs?: number): Verdict => {
    return { kind: 'passing', waitMs, sessionLost: lost || atEmptyEnd, atEmptyEnd };
  };
  if (status === 201 || status === 200 || status === 204) return { kind: 'stored' };
  if (RETRYABLE_STATUSES.has(status)) return passing(false, askedWaitMs(response, now));
  if (status === 404) return passing(true);
  // It stands elsewhere than we thought: it took less than we sent.
  if (
    way === 'chunks' &&
    session.offset > 0 &&
    (status === 416 || (status === 400 && session.claimed !== undefined))
  )
    return passing(false);
  return NOT_THIS_WAY.has(status) ? { kind: 'other-way' } : { kind: 'refused' };
}
