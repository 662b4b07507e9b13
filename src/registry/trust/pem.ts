import { readFileSync } from 'node:fs';
import { BuildError } from '../../errors/index.ts';

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM text, one by one. Throws USAGE where there is none. */
export function splitCertificates(text: string, path: string): string[] {
  const found = certificatesIn(text);
  if (found.length > 0) return found;
  throw new BuildError('USAGE', `${path} holds no certificate`, {
    hint: 'certificates must be PEM: text that starts with -----BEGIN CERTIFICATE-----',
  });
}

/** The certificates of a PEM text; none where it holds none. */
export function certificatesIn(text: string): string[] {
  return text.match(CERTIFICATE) ?? [];
}

/** A client certificate and its key as texts. Throws USAGE. */
export function readClient(files: { readonly certificate: string; readonly key: string }): {
  readonly certificate: string;
  readonly key: string;
} {
  return {
    certificate: readText(files.certificate, 'the client certificate'),
    key: readText(files.key, 'the key of the client certificate'),
  };
}

/** A file that was asked for. Throws USAGE naming it. */
export function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new BuildError('USAGE', `${what} cannot be read: ${path} (${code})`, { cause });
  }
}
