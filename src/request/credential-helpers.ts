import { parseChoice } from './choice.ts';

/** kaniko's built-in credential helpers and ours (`github`), in the order they are asked. */
export const CREDENTIAL_HELPERS = ['env', 'google', 'ecr', 'acr', 'gitlab', 'github'] as const;
export type CredentialHelper = (typeof CREDENTIAL_HELPERS)[number];

/**
 * The built-in helpers to ask, from values that may hold several names separated by commas: undefined (all) where
 * there is no value, none for an empty one or `none`. Throws USAGE for an unknown name.
 */
export function parseCredentialHelpers(values: readonly string[]): CredentialHelper[] | undefined {
  if (values.length === 0) return undefined;
  return values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'none')
    .map((name) => parseChoice(name, CREDENTIAL_HELPERS, 'credential-helpers'));
}
