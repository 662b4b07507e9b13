import { z } from 'zod';

export interface Token {
  readonly value: string;
  /** Milliseconds since the epoch after which it is not used any more. */
  readonly expiresAt: number;
}

/** Without a lifetime, distribution's specification says 60 seconds. */
const DEFAULT_LIFETIME_S = 60;
/** Not used in its last seconds, as clocks differ and requests take time. */
const MARGIN_S = 5;

const text = z.string().nullish();
const Answer = z.looseObject({ token: text, access_token: text, expires_in: z.number().nullish() });
/** What may stand in a header. */
const SENDABLE = /^[\x21-\x7e]+$/;

/** Reads a token server's answer (`token` or OAuth2's `access_token`); undefined where it holds no usable token. */
export function parseToken(json: string, now: number): Token | undefined {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    return undefined;
  }
  const answer = Answer.safeParse(data);
  if (!answer.success) return undefined;
  const value = answer.data.token || answer.data.access_token || '';
  if (!SENDABLE.test(value)) return undefined;
  const lifetime = Math.max(answer.data.expires_in ?? 0, DEFAULT_LIFETIME_S);
  return { value, expiresAt: now + (lifetime - MARGIN_S) * 1000 };
}
