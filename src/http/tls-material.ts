import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { BuildError } from '../errors/index.ts';

/** How a host proves who it is, and who we are to it. All texts are PEM. */
export interface TlsMaterial {
  /** Certificates that are trusted besides those node brings (and NODE_EXTRA_CA_CERTS names). */
  readonly authorities: readonly string[];
  readonly client?: { readonly certificate: string; readonly key: string } | undefined;
  /** What is shown where the texts make no sense. */
  readonly name: string;
}

/** The material for a host (`host[:port]`, the port only where it is not the scheme's own). One object for each meaning. */
export type TlsMaterialOf = (host: string) => TlsMaterial;

/** Nothing but what node itself trusts. */
export const NODE_TRUST: TlsMaterial = { authorities: [], name: 'default' };

/**
 * The context of connections with this material; undefined where node's own is the same. Throws USAGE for certificates
 * and keys that cannot be read.
 */
export function secureContextOf({ authorities, client, name }: TlsMaterial): SecureContext | undefined {
  const known = getCACertificates('default');
  const seen = new Set(known.map(bare));
  const more = authorities.filter((pem) => !seen.has(bare(pem)));
  if (more.length === 0 && client === undefined) return undefined;
  try {
    return createSecureContext({
      ca: [...known, ...more],
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BuildError('USAGE', `the certificates for ${name} cannot be used: ${why}`, {
      hint: 'they must be PEM; a client certificate needs the key it was made with',
      cause,
    });
  }
}

/** A certificate without the line breaks it was written with. */
function bare(pem: string): string {
  return pem.replace(/\s+/g, '');
}
