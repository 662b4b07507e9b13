import type { HttpClient } from '../../http/index.ts';
import type { Environment, GitOptions } from '../../request/index.ts';
import type { GitCredential } from '../git/git-credentials.ts';

/** What fetching contexts takes. */
export interface SourceTools {
  readonly http: HttpClient;
  readonly env: Environment;
  /** Standard input of the command; undefined where there is none. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  /** An existing private directory; each context gets a fresh one in it. */
  readonly directory: string;
  readonly credentials: readonly GitCredential[];
  /** How the repository of the main context is fetched. */
  readonly git: GitOptions;
  readonly signal: AbortSignal;
  /** Told what is going on. */
  say(message: string): void;
}
