import { BuildError } from '../../errors/index.ts';

/** Shorter ones would be found inside ordinary words. */
const MIN_LENGTH = 4;

/** Secrets in use, so that they can be taken out of texts others wrote: servers quote what they were sent. */
export interface SecretWords {
  add(secret: string): void;
  /** The text with every known secret, plain or as written in a URL, replaced by `***`. */
  hide(text: string): string;
}

/** Knows no secret yet. */
export function createSecretWords(): SecretWords {
  const known = new Set<string>();
  return {
    add(secret) {
      for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
        if (form.length >= MIN_LENGTH) known.add(form);
    },
    hide(text) {
      // Longer ones first: one may be the beginning of another.
      const words = [...known].sort((a, b) => b.length - a.length);
      return words.reduce((shown, word) => shown.replaceAll(word, '***'), text);
    },
  };
}

/** The error, or where it shows a secret in use, one of the same kind that does not: addresses others chose may hold any. */
export function withoutSecrets(error: unknown, { hide }: SecretWords): unknown {
  if (!(error instanceof BuildError)) return error;
  const { code, message, hint, location, cause } = error;
  const shown = cause instanceof Error ? cause.message : '';
  if ([message, hint ?? '', shown].every((text) => hide(text) === text)) return error;
  return new BuildError(code, hide(message), {
    hint: hint === undefined ? undefined : hide(hint),
    location,
    cause: hide(shown) === shown ? cause : undefined,
  });
}
