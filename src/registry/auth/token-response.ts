import { z } from 'zod';

export interface Token {
  readonly value: string;
  /** Milliseconds since the epoch, by our clock, after which it is not used any more. */
  readonly expiresAt: number;
  /** Takes the place of the identity token it was got with. */
  readonly refreshToken?: string | undefined;
}

/** Clocks at the time of the answer, milliseconds since the epoch. */
export interface AnswerTime {
  readonly now: number;
  /** The server's own, from its Date header; undefined or NaN where it sent none. */
  readonly serverNow?: number | undefined;
}

/** Without a lifetime, distribution's specification says 60 seconds. */
const DEFAULT_LIFETIME_S = 60;
/** Not used in its last seconds, as requests take time. */
const MARGIN_S = 5;
/** More than any registry takes in a header. */
const MAX_TOKEN_CHARS = 64 * 1024;

const text = z.string().nullish();
const Answer = z.looseObject({
  token: text,
  access_token: text,
  refresh_token: text,
  expires_in: z.number().nullish(),
  issued_at: text,
});
/** What may stand in a header. */
const SENDABLE = /^[\x21-\x7e]+$/;

/**
 * Reads a token server's answer (`token` or OAuth2's `access_token`); undefined where it holds no usable token. The
 * lifetime counts from `issued_at`, as a server may give out a token it made before; that age is taken by the server's
 * own clock, so that a clock of ours that is wrong does no harm.
 */
export function parseToken(json: string, time: AnswerTime): Token | undefined {
  const answer = parseAnswer(json);
  if (answer === undefined) return undefined;
  const value = answer.token || answer.access_token || '';
  if (!isSendable(value)) return undefined;
  const lifetimeMs = Math.max(answer.expires_in ?? 0, DEFAULT_LIFETIME_S) * 1000;
  const age = ageMs(Date.parse(answer.issued_at ?? ''), time, lifetimeMs);
  const refreshToken = answer.refresh_token ?? '';
  return {
    value,
    expiresAt: time.now + lifetimeMs - age - MARGIN_S * 1000,
    ...(isSendable(refreshToken) ? { refreshToken } : {}),
  };
}

/** Zero where the server's words cannot be: a token from the future, or one that had run out when it was given. */
function ageMs(issuedAt: number, { now, serverNow = NaN }: AnswerTime, lifetimeMs: number): number {
  const age = (Number.isNaN(serverNow) ? now : serverNow) - issuedAt;
  return age > 0 && age < lifetimeMs ? age : 0;
}

function isSendable(value: string): boolean {
  return value.length <= MAX_TOKEN_CHARS && SENDABLE.test(value);
}

function parseAnswer(json: string): z.infer<typeof Answer> | undefined {
  try {
    return Answer.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}
