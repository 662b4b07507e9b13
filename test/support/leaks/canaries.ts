/** Secrets a test gives away nowhere, and every form they might travel in. */
export interface Canaries {
  add(secret: string): void;
  /** How many bytes of this text are a secret, in any form. */
  bytesIn(text: string): number;
}

/** Tokens the test registry gives out. */
const TOKENS = /canary-token-[0-9a-f-]{36}/g;

export function createCanaries(secrets: readonly string[]): Canaries {
  const forms = new Set<string>();
  const add = (secret: string): void => {
    const bytes = Buffer.from(secret);
    forms.add(secret);
    forms.add(encodeURIComponent(secret));
    forms.add(bytes.toString('hex'));
    forms.add(bytes.toString('base64url'));
    // Base64 of a text with the secret inside depends on where in it the secret stands.
    for (const lead of [0, 1, 2]) {
      const shifted = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64');
      forms.add(shifted.slice(lead === 0 ? 0 : 4, Math.floor(((bytes.length + lead) * 4) / 3) - 1));
    }
  };
  for (const secret of secrets) add(secret);
  return {
    add,
    bytesIn: (text) =>
      [...forms, ...(text.match(TOKENS) ?? [])].reduce(
        (sum, form) => sum + (text.split(form).length - 1) * form.length,
        0,
      ),
  };
}
