import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment } from '../credentials/credential-store.ts';
import { certificatesIn } from './pem.ts';

/** Where distributions keep the certificates of the machine, in the order Go looks for them (crypto/x509/root_linux.go). */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The certificates this machine trusts: the file SSL_CERT_FILE or else the distribution's, and all files of the
 * directories of SSL_CERT_DIR. Files that are not there are passed over, as other programs do it.
 */
export function systemAuthorities(env: Environment): string[] {
  const file = env['SSL_CERT_FILE'] ?? '';
  const bundle = firstThatIs(file === '' ? BUNDLES : [file]);
  const directories = (env['SSL_CERT_DIR'] ?? '').split(':').filter((path) => path !== '');
  const texts = [bundle, ...directories.flatMap(filesOf).map(textOf)];
  return [...new Set(texts.flatMap((text) => certificatesIn(text ?? '')))];
}

function firstThatIs(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textOf(path);
    if (text !== undefined) return text;
  }
  return undefined;
}

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
