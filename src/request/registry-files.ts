import { resolve } from 'node:path';
import { BuildError } from '../errors/index.ts';

/**
 * kaniko's `registry=file` entries: the file of each registry, as an absolute path. Throws USAGE for an entry without both
 * sides.
 */
export function parseCertificates(entries: readonly string[], cwd: string): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const [registry, file] = sides(entry, 'registry-certificate', 'registry=ca.pem');
      return [registry, resolve(cwd, file)];
    }),
  );
}

/** kaniko's `registry=certificate,key` entries as absolute paths. Throws USAGE. */
export function parseClientCertificates(
  entries: readonly string[],
  cwd: string,
): Record<string, { certificate: string; key: string }> {
  const form = 'registry=client.crt,client.key';
  return Object.fromEntries(
    entries.map((entry) => {
      const [registry, files] = sides(entry, 'registry-client-cert', form);
      const [certificate = '', key = '', more] = files.split(',').map((file) => file.trim());
      if (certificate === '' || key === '' || more !== undefined)
        throw malformed(entry, 'registry-client-cert', form);
      return [registry, { certificate: resolve(cwd, certificate), key: resolve(cwd, key) }];
    }),
  );
}

function sides(entry: string, option: string, form: string): [string, string] {
  const equals = entry.indexOf('=');
  const registry = entry.slice(0, Math.max(equals, 0)).trim().toLowerCase();
  const file = entry.slice(equals + 1).trim();
  if (registry === '' || file === '') throw malformed(entry, option, form);
  return [registry, file];
}

function malformed(entry: string, option: string, form: string): BuildError {
  return new BuildError('USAGE', `invalid ${option} ${JSON.stringify(entry)}`, {
    hint: `write it as ${form}`,
  });
}
