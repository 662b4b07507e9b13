import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { WireReader } from './wire.ts';

const MAGIC = 'openssh-key-v1\0';
const CURVES: Readonly<Record<string, string>> = { nistp256: 'P-256', nistp384: 'P-384', nistp521: 'P-521' };

/** Why a key that is well formed cannot be used. */
export class UnusableKey extends Error {}

/**
 * The key of a file in OpenSSH's own format (PROTOCOL.key of OpenSSH), the body between its marker lines decoded. Throws
 * UnusableKey for an encrypted one and for kinds of keys that are not RSA, ECDSA or Ed25519, RangeError for bytes that end
 * too early.
 */
export function readOpensshKey(body: Uint8Array): KeyObject {
  const reader = new WireReader(body);
  if (reader.take(MAGIC.length).toString('latin1') !== MAGIC) throw new UnusableKey('it is no OpenSSH key');
  const cipher = reader.string().toString();
  reader.string();
  reader.string();
  if (cipher !== 'none') throw new UnusableKey('it is encrypted');
  if (reader.uint32() !== 1) throw new UnusableKey('it holds more than one key');
  reader.string();
  const secret = new WireReader(reader.string());
  if (secret.uint32() !== secret.uint32()) throw new UnusableKey('its check numbers differ');
  return createPrivateKey({ key: privateJwk(secret), format: 'jwk' });
}

function privateJwk(reader: WireReader): JsonWebKey {
  const type = reader.string().toString();
  if (type === 'ssh-ed25519') {
    const x = reader.string();
    return { kty: 'OKP', crv: 'Ed25519', x: url(x), d: url(reader.string().subarray(0, 32)) };
  }
  if (type === 'ssh-rsa') return rsaJwk(reader);
  const crv = CURVES[type.replace(/^ecdsa-sha2-/, '')];
  if (crv === undefined) throw new UnusableKey(`keys of the type ${type} are not supported`);
  reader.string();
  const point = reader.string().subarray(1);
  const size = point.length / 2;
  const d = fixed(reader.string(), size);
  return { kty: 'EC', crv, x: url(point.subarray(0, size)), y: url(point.subarray(size)), d: url(d) };
}

function rsaJwk(reader: WireReader): JsonWebKey {
  const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => toNumber(reader.string())) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const parts = { n, e, d, qi, p, q, dp: d % (p - 1n), dq: d % (q - 1n) };
  const texts = Object.entries(parts).map(([name, value]) => [name, url(toBytes(value))]);
  return { kty: 'RSA', ...(Object.fromEntries(texts) as Record<string, string>) };
}

function url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x0${bytes.toString('hex')}`);
}

function toBytes(value: bigint): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

/** The same number in so many bytes. */
function fixed(bytes: Buffer, size: number): Buffer {
  const rest = bytes.subarray(Math.max(0, bytes.length - size));
  return Buffer.concat([Buffer.alloc(size - rest.length), rest]);
}
