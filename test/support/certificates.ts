import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files: an authority, a server's certificate for the loopback addresses, a client's. */
export interface Certificates {
  readonly authority: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
}

/** An authority and two certificates signed by it, made by openssl in the directory. */
export function makeCertificates(directory: string): Certificates {
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...fresh,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
  );
  const sign = (name: string, extension: string): { certificate: string; key: string } => {
    const [certificate, key] = [at(`${name}.crt`), at(`${name}.key`)];
    writeFileSync(at(`${name}.ext`), extension);
    openssl('req', '-new', ...fresh, '-subj', `/CN=${name}`, '-keyout', key, '-out', at(`${name}.csr`));
    const by = [
      '-CA',
      at('ca.crt'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
      '-extfile',
      at(`${name}.ext`),
    ];
    openssl('x509', '-req', '-days', '2', '-in', at(`${name}.csr`), ...by, '-out', certificate);
    return { certificate, key };
  };
  return {
    authority: at('ca.crt'),
    server: sign('server', 'subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost'),
    client: sign('client', 'extendedKeyUsage=clientAuth'),
  };
}
