import { BuildError } from '../../errors/index.ts';
import { type Waiting } from '../../http/index.ts';
import { type Reporter } from '../../report/index.ts';
import { type CredentialStore } from '../credentials/credential-store.ts';
import { type FoundCredential } from '../credentials/credential.ts';
import { keptAnswers } from '../credentials/kept-answers.ts';
import { type Cloud } from './cloud-tools.ts';

/** Another is asked for this long before the end, as requests take time; half the time left where that is less. */
const MARGIN_MS = 120_000;
const PASSING: ReadonlySet<string> = new Set(['REGISTRY_AUTH', 'REGISTRY', 'NETWORK']);

/**
 * A cloud as a place of credentials: asked once for a registry, and again shortly before the credential ends. A cloud that
 * fails is a warning: public images need none.
 */
export function cloudStore(cloud: Cloud, reporter: Reporter, waiting: Waiting): CredentialStore {
  const answer = keptAnswers(waiting.now);

  const ask = async (registry: string, signal?: AbortSignal): Promise<FoundCredential | undefined> => {
    try {
      const answer = await cloud.credential(registry, signal);
      if (answer === undefined) return undefined;
      const margin = Math.min(MARGIN_MS, (answer.expiresAt - waiting.now()) / 2);
      return { ...answer, expiresAt: answer.expiresAt - margin, implied: true };
    } catch (error) {
      if (!(error instanceof BuildError) || !PASSING.has(error.code)) throw error;
      reporter.warn(`no credential for ${registry}: ${error.message}`);
      return undefined;
    }
  };

  return {
    async find({ registry }, signal) {
      return cloud.covers(registry) ? answer(registry, () => ask(registry, signal)) : undefined;
    },
  };
}
