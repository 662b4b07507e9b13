import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { mpint, string } from './wire.ts';

/** A private key as an agent holds it. */
export interface AgentKey {
  /** The public key as it goes over the wire (RFC 4253, section 6.6). */
  readonly blob: Buffer;
  readonly comment: string;
  /** The signature of data, with its type in front; `flags` as in the agent's sign request. */
  sign(data: Uint8Array, flags: number): Buffer;
}

const RSA_SHA2_256 = 2;
const RSA_SHA2_512 = 4;
const CURVES: Readonly<Record<string, readonly [string, string]>> = {
  'P-256': ['nistp256', 'sha256'],
  'P-384': ['nistp384', 'sha384'],
  'P-521': ['nistp521', 'sha512'],
};

/** The key for an agent; undefined for anything but RSA, ECDSA on NIST's curves and Ed25519. */
export function agentKey(key: KeyObject, comment: string): AgentKey | undefined {
  const { crv = '', ...jwk } = createPublicKey(key).export({ format: 'jwk' });
  const part = (name: 'n' | 'e' | 'x' | 'y'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  if (key.asymmetricKeyType === 'rsa') {
    const blob = Buffer.concat([string('ssh-rsa'), mpint(part('e')), mpint(part('n'))]);
    return { blob, comment, sign: (data, flags) => signRsa(key, data, flags) };
  }
  if (key.asymmetricKeyType === 'ed25519') {
    const type = string('ssh-ed25519');
    const blob = Buffer.concat([type, string(part('x'))]);
    return { blob, comment, sign: (data) => Buffer.concat([type, string(sign(null, data, key))]) };
  }
  const [curve, hash] = CURVES[crv] ?? [];
  if (key.asymmetricKeyType !== 'ec' || curve === undefined || hash === undefined) return undefined;
  const type = string(`ecdsa-sha2-${curve}`);
  const point = Buffer.concat([Buffer.from([4]), part('x'), part('y')]);
  const blob = Buffer.concat([type, string(curve), string(point)]);
  return { blob, comment, sign: (data) => Buffer.concat([type, string(signEcdsa(key, hash, data))]) };
}

function signRsa(key: KeyObject, data: Uint8Array, flags: number): Buffer {
  const [type, hash] =
    (flags & RSA_SHA2_512) !== 0
      ? ['rsa-sha2-512', 'sha512']
      : (flags & RSA_SHA2_256) !== 0
        ? ['rsa-sha2-256', 'sha256']
        : ['ssh-rsa', 'sha1'];
  return Buffer.concat([string(type), string(sign(hash, data, key))]);
}

/** RFC 5656, section 3.1.2: r and s one after the other. */
function signEcdsa(key: KeyObject, hash: string, data: Uint8Array): Buffer {
  const both = sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  const half = both.length / 2;
  return Buffer.concat([mpint(both.subarray(0, half)), mpint(both.subarray(half))]);
}
