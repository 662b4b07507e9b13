/** A key requests to AWS are signed with. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  /** Goes along with keys that are lent for some time. */
  readonly sessionToken?: string | undefined;
  /** Where it was found, for messages. */
  readonly origin: string;
}

/** A key's fields, as AWS's services and files name them; undefined where they are no key. */
export function accessKeyOf(
  fields: {
    readonly id: string | undefined;
    readonly secret: string | undefined;
    readonly token?: string | undefined;
  },
  origin: string,
): AccessKey | undefined {
  const { id, secret, token } = fields;
  if (!id || !secret) return undefined;
  return { id, secret, origin, ...(token ? { sessionToken: token } : {}) };
}
