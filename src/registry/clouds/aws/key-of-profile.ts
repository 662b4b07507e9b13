import { join } from 'node:path';
import { homeOf } from '../../credentials/config-places.ts';
import { type Environment } from '../../credentials/credential-store.ts';
import { readOptionalFile } from '../secret-file.ts';
import { accessKeyOf, type AccessKey } from './access-key.ts';

/** The key that stands in ~/.aws/credentials or ~/.aws/config under AWS_PROFILE (`default`); undefined where none does. */
export function keyOfProfile(env: Environment): AccessKey | undefined {
  const profile = env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'] || 'default';
  const directory = join(homeOf(env), '.aws');
  const places = [
    { path: env['AWS_SHARED_CREDENTIALS_FILE'] || join(directory, 'credentials'), section: profile },
    {
      path: env['AWS_CONFIG_FILE'] || join(directory, 'config'),
      section: profile === 'default' ? profile : `profile ${profile}`,
    },
  ];
  for (const { path, section } of places) {
    const values = readSection(readOptionalFile(path) ?? '', section);
    const fields = {
      id: values.get('aws_access_key_id'),
      secret: values.get('aws_secret_access_key'),
      token: values.get('aws_session_token'),
    };
    const key = accessKeyOf(fields, `profile ${profile} in ${path}`);
    if (key !== undefined) return key;
  }
  return undefined;
}

function readSection(text: string, wanted: string): Map<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (heading !== undefined) section = heading.replace(/\s+/g, ' ');
    const [, name, value] = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === wanted && name !== undefined && value !== undefined)
      values.set(name.toLowerCase(), value);
  }
  return values;
}
