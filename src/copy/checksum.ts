import { BuildError } from '../errors/index.ts';

/** What a download must hash to. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'sha384' | 'sha512';
  /** Lower-case hexadecimal. */
  readonly hex: string;
}

const HEX_LENGTHS: Readonly<Record<Checksum['algorithm'], number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** The value of ADD's `--checksum` for a download: `algorithm:hex`. Throws DOCKERFILE_SEMANTICS. */
export function parseChecksum(text: string): Checksum {
  const [, algorithm, hex] = /^([a-z0-9]+):([0-9a-f]+)$/.exec(text) ?? [];
  if (algorithm === undefined || hex === undefined) throw invalid(text, 'it is not of the form sha256:<hex>');
  if (!isKnown(algorithm)) throw invalid(text, `the algorithm ${algorithm} is not supported`);
  if (hex.length !== HEX_LENGTHS[algorithm])
    throw invalid(text, `${algorithm} has ${HEX_LENGTHS[algorithm]} hexadecimal digits`);
  return { algorithm, hex };
}

function isKnown(algorithm: string): algorithm is Checksum['algorithm'] {
  return Object.hasOwn(HEX_LENGTHS, algorithm);
}

function invalid(text: string, why: string): BuildError {
  return new BuildError('DOCKERFILE_SEMANTICS', `invalid checksum ${JSON.stringify(text)}: ${why}`, {
    hint: 'write it like --checksum=sha256:<64 lower-case hexadecimal digits>',
  });
}
