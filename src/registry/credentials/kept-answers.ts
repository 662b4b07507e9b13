import { type FoundCredential } from './credential.ts';

export type CredentialAnswer = Promise<FoundCredential | undefined>;

/**
 * Answers by key, each kept until its credential runs out: then, and where asking failed, `ask` is called again. `now` in
 * milliseconds since the epoch.
 */
export function keptAnswers(
  now: () => number,
): (key: string, ask: () => CredentialAnswer) => CredentialAnswer {
  const kept = new Map<string, CredentialAnswer>();
  return async (key, ask) => {
    const known = await kept.get(key);
    if (known?.expiresAt !== undefined && known.expiresAt <= now()) kept.delete(key);
    const answer = kept.get(key) ?? ask();
    kept.set(key, answer);
    answer.catch(() => kept.delete(key));
    return answer;
  };
}
