import { BuildError } from '../../errors/index.ts';
import { type Reporter } from '../../report/index.ts';
import { type Environment } from './credential-store.ts';
import { type FoundCredential } from './credential.ts';
import { askHelper, isInstalled } from './helper.ts';
import { helperServer } from './registry-key.ts';

/** Helpers of clouds give what ends after an hour or more; another is asked for long before. */
const KEPT_MS = 10 * 60_000;

export interface HelperAnswersOptions {
  readonly env: Environment;
  readonly reporter: Reporter;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** True where this registry's credential is found without a helper program too. */
  readonly hasNative: (registry: string) => boolean;
}

/** Asks a helper for a registry; `origin` is where it was named. */
export type AskForRegistry = (
  helper: string,
  registry: string,
  origin: string,
  signal?: AbortSignal,
) => Promise<FoundCredential | undefined>;

/**
 * What helpers answer, each asked once in ten minutes for a registry. One that fails is a warning, once, and what it said
 * before stays true; one that is missing is none where nothing is missed.
 */
export function helperAnswers({ env, reporter, now, hasNative }: HelperAnswersOptions): AskForRegistry {
  const kept = new Map<
    string,
    { readonly answer: Promise<FoundCredential | undefined>; readonly until: number }
  >();

  const ask = async (
    helper: string,
    registry: string,
    origin: string,
    before: FoundCredential | undefined,
    signal?: AbortSignal,
  ): Promise<FoundCredential | undefined> => {
    const expiresAt = now() + KEPT_MS;
    try {
      const credential = await askHelper(helper, helperServer(registry), env, signal);
      return credential === undefined
        ? undefined
        : { credential, origin: `credential helper ${helper}`, expiresAt };
    } catch (error) {
      if (!(error instanceof BuildError) || error.code !== 'REGISTRY_AUTH') throw error;
      reporter.warn(`${error.message} (named in ${origin}, asked for ${registry})`);
      return before === undefined ? undefined : { ...before, expiresAt };
    }
  };

  return async (helper, registry, origin, signal) => {
    if (hasNative(registry) && !isInstalled(helper, env)) {
      reporter.debug(`credential helper ${JSON.stringify(helper)} is not installed, and not needed`);
      return undefined;
    }
    const key = JSON.stringify([helper, helperServer(registry)]);
    const known = kept.get(key);
    if (known !== undefined && known.until > now()) return known.answer;
    const before = known?.answer ?? Promise.resolve(undefined);
    const answer = before.then((found) => ask(helper, registry, origin, found, signal));
    kept.set(key, { answer, until: now() + KEPT_MS });
    answer.catch(() => kept.delete(key));
    return answer;
  };
}
