import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpClient, type Waiting } from '../../src/http/index.ts';
import { createSecretWords } from '../../src/registry/auth/secret-words.ts';
import {
  createCredentialSource,
  type CredentialSourceOptions,
} from '../../src/registry/credentials/credential-source.ts';
import { type CredentialStore } from '../../src/registry/credentials/credential-store.ts';
import { silentReporter } from '../../src/report/index.ts';

/** A directory with configurations and helper programs in it, and credential sources that see no others. */
export interface CredentialPlaces {
  readonly directory: string;
  /** Writes below the directory and returns the path; what is no text becomes JSON. */
  write(path: string, content: unknown, mode?: number): string;
  /** A helper program: a shell script that has read the server's name into `$server`. */
  helper(name: string, script: string): string;
  open(settings?: Partial<CredentialSourceOptions>): OpenSource;
  remove(): Promise<void>;
}

/** Never waits. */
const PATIENT: Waiting = { sleep: () => Promise.resolve(), random: () => 0, now: Date.now };

export interface OpenSource {
  readonly find: CredentialStore['find'];
  readonly warnings: string[];
  readonly notes: string[];
  /** User (or token) and origin; undefined for nobody. */
  user(
    registry: string,
    repository?: string,
    access?: 'pull' | 'push',
  ): Promise<readonly [string, string] | undefined>;
}

export function credentialPlaces(): CredentialPlaces {
  const directory = mkdtempSync(join(tmpdir(), 'credentials-'));
  const http = createHttpClient({ env: {} });
  const write = (path: string, content: unknown, mode = 0o600): string => {
    const file = join(directory, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    chmodSync(file, mode);
    return file;
  };
  return {
    directory,
    write,
    helper: (name, script) =>
      write(`bin/docker-credential-${name}`, `#!/bin/sh\nread server\n${script}\n`, 0o755),
    open(settings = {}) {
      const warnings: string[] = [];
      const notes: string[] = [];
      const reporter = {
        ...silentReporter(),
        warn: (message: string) => void warnings.push(message),
        debug: (message: string) => void notes.push(message),
      };
      const env = {
        PATH: `${join(directory, 'bin')}:/usr/bin:/bin`,
        HOME: join(directory, 'home'),
        ...settings.env,
      };
      const source = createCredentialSource({
        given: [],
        reporter,
        secrets: createSecretWords(),
        http,
        waiting: PATIENT,
        vendor: 'other',
        directories: {
          kaniko: join(directory, 'kaniko'),
          runContainers: join(directory, 'run-containers'),
          uid: 1234,
        },
        ...settings,
        env,
      });
      return {
        warnings,
        notes,
        find: source.find,
        async user(registry, repository = 'a/b', access = 'pull') {
          const found = await source.find({ registry, repository, access });
          if (found === undefined) return undefined;
          const { credential, origin } = found;
          return [credential.kind === 'basic' ? credential.username : credential.token, origin];
        },
      };
    },
    async remove() {
      await http.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** An entry of `auths`. */
export function authEntry(user: string, password = 'p'): { readonly auth: string } {
  return { auth: Buffer.from(`${user}:${password}`).toString('base64') };
}
