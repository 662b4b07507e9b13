import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GivenSecret } from '../build-request.ts';
import { readSecret, unsetWarning, type ReadSecrets, type SecretPlace } from './read-secret.ts';

/** The three inputs of docker/build-push-action, as lists. */
export interface SecretInputs {
  /** `ID=value` */
  readonly values: readonly string[];
  /** `ID=VARIABLE` */
  readonly envs: readonly string[];
  /** `ID=path` */
  readonly files: readonly string[];
}

/** Secrets of the action's inputs. What is no pair, or names what is not there, is left out with a warning that quotes no value. */
export function readSecretInputs({ values, envs, files }: SecretInputs, place: SecretPlace): ReadSecrets {
  const secrets: GivenSecret[] = [];
  const warnings: string[] = [];
  const each = (entries: readonly string[], input: string, read: (id: string, value: string) => void): void =>
    entries.forEach((entry, index) => {
      if (entry.trim() === '') return;
      const at = entry.indexOf('=');
      if (at > 0 && at < entry.length - 1) read(entry.slice(0, at).trim(), entry.slice(at + 1));
      else warnings.push(`entry ${index + 1} of the input ${input} is no secret: write it as ID=value`);
    });
  each(values, 'secrets', (id, value) => secrets.push({ id, content: Buffer.from(value) }));
  each(envs, 'secret-envs', (id, variable) => {
    const secret = readSecret(id, { env: variable }, place);
    if (secret === undefined) warnings.push(unsetWarning(id, variable));
    else secrets.push(secret);
  });
  each(files, 'secret-files', (id, file) => {
    const secret = existsSync(resolve(place.cwd, file)) ? readSecret(id, { file }, place) : undefined;
    if (secret === undefined) warnings.push(`secret ${id} is not given: there is no file ${file}`);
    else secrets.push(secret);
  });
  return { secrets, warnings };
}
