import { join, resolve } from 'node:path';
import {
  archiveCache,
  GithubCache,
  localCache,
  parseCacheMode,
  type CacheStore,
  type RecordSeal,
} from '../../cache/index.ts';
import { realWaiting, type HttpClient } from '../../http/index.ts';
import type { Reporter } from '../../report/index.ts';
import type { ArchiveService, CacheLocation, Environment } from '../../request/index.ts';

/** An archive is sent whole: a repository's 10 GB must hold several. */
const MAX_ARCHIVE_BYTES = 2 * 1024 ** 3;

export interface GithubTools {
  readonly http: HttpClient;
  readonly env: Environment;
  readonly reporter: Reporter;
  /** Undefined outside an action. */
  readonly archives: ArchiveService | undefined;
}

type GithubLocation = Extract<CacheLocation, { readonly type: 'gha' }>;

/**
 * The cache of a GitHub repository: entry by entry where the service speaks version 2, else as one archive. Undefined, and
 * told, where there is no service or no token.
 */
export function openGithubCache(
  { scope, attributes }: GithubLocation,
  seal: RecordSeal,
  tools: GithubTools,
): CacheStore | undefined {
  const { env, reporter, http } = tools;
  const asArchive = attributes['mode'] === 'archive' || (isEnterpriseServer(env) && !attributes['url_v2']);
  if (asArchive) return openArchive(scope, seal, tools);
  const url = attributes['url_v2'] ?? env['ACTIONS_RESULTS_URL'] ?? '';
  const token = attributes['token'] ?? env['ACTIONS_RUNTIME_TOKEN'] ?? '';
  if (url === '' || token === '' || !URL.canParse(url)) {
    reporter.warn(
      'the cache of GitHub cannot be used: its address and token are known to actions only, not to steps with run',
    );
    return undefined;
  }
  const access = parseCacheMode(env['ACTIONS_CACHE_MODE']);
  return new GithubCache({ http, waiting: realWaiting, url, token, access, scope, seal });
}

function openArchive(
  scope: string,
  seal: RecordSeal,
  { archives, env, reporter }: GithubTools,
): CacheStore | undefined {
  if (archives === undefined) {
    reporter.warn('archives in the cache of GitHub can be used by the action only');
    return undefined;
  }
  const directory = join(resolve(env['RUNNER_TEMP'] ?? '/tmp'), 'ts-kaniko-cache', encodeURIComponent(scope));
  return archiveCache({
    archives,
    directory,
    workspace: resolve(env['GITHUB_WORKSPACE'] ?? '.'),
    open: () => localCache(directory, seal, { maxBytes: MAX_ARCHIVE_BYTES }),
    scope,
  });
}

/** GitHub Enterprise Server has version 1 of the service only. */
function isEnterpriseServer(env: Environment): boolean {
  const server = env['GITHUB_SERVER_URL'] ?? '';
  if (!URL.canParse(server)) return false;
  const { hostname } = new URL(server);
  return hostname !== 'github.com' && !hostname.endsWith('.ghe.com') && !hostname.endsWith('.localhost');
}
