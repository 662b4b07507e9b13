import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtherStorage } from './start-github-cache.ts';

const VERSION = '3.37.0';
const ACCOUNT = 'tests';
const KEY = Buffer.from('the storage account of the tests').toString('base64');
const PROTOCOL = '2018-11-09';

export interface Azurite extends OtherStorage {
  stop(): Promise<void>;
}

/**
 * Microsoft's emulator of Azure's blob storage, with a container `cache`; undefined where it cannot be installed. It has 245 MB
 * in 381 packages, so it is no dependency: npm puts it into a directory below the temporary directory once.
 */
export async function startAzurite(): Promise<Azurite | undefined> {
  const home = join(tmpdir(), `ts-kaniko-tests-azurite-${VERSION}`);
  const main = join(home, 'node_modules/azurite/dist/src/blob/main.js');
  if (!existsSync(main)) {
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    const args = ['install', '--prefix', home, `azurite@${VERSION}`, ...options];
    const { status } = spawnSync('npm', args, { stdio: 'ignore', timeout: 280_000 });
    if (status !== 0 || !existsSync(main)) return undefined;
  }
  const location = mkdtempSync(join(tmpdir(), 'ts-kaniko-azurite-'));
  const child = spawn(
    process.execPath,
    [main, '--blobHost', '127.0.0.1', '--blobPort', '0', '--location', location].concat([
      '--silent',
      '--disableTelemetry',
      '--skipApiVersionCheck',
    ]),
    {
      env: { PATH: process.env['PATH'], AZURITE_ACCOUNTS: `${ACCOUNT}:${KEY}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGKILL')) await ended;
    rmSync(location, { recursive: true, force: true });
  };
  try {
    const origin = await listening(child);
    const created = await request(origin, 'PUT', '/cache', 'restype=container');
    if (created.status !== 201) throw new Error(`no container: ${created.status} ${await created.text()}`);
    return { stop, ...storageAt(origin) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function storageAt(origin: string): OtherStorage {
  return {
    address: (path, permissions, expires) =>
      `${origin}/${ACCOUNT}${path}?${signature(path, permissions, expires)}`,
    size: async (path) => {
      const answer = await request(origin, 'HEAD', path, '');
      const length = answer.headers.get('content-length');
      return answer.status === 200 && length !== null ? Number(length) : undefined;
    },
  };
}

/** A service SAS for one blob (Microsoft's "Create a service SAS", version 2018-11-09). */
function signature(path: string, permissions: 'r' | 'cw', expires: number): string {
  const se = new Date(expires).toISOString().replace(/\.\d+Z$/, 'Z');
  const resource = `/blob/${ACCOUNT}${path}`;
  const fields = [permissions, '', se, resource, '', '', '', PROTOCOL, 'b', '', '', '', '', '', ''];
  const sig = sign(fields.join('\n'));
  return new URLSearchParams({ sv: PROTOCOL, sr: 'b', sp: permissions, se, sig }).toString();
}

/** A request signed with the key of the account ("Authorize with Shared Key"). */
function request(origin: string, method: string, path: string, query: string): Promise<Response> {
  const date = new Date().toUTCString();
  const headers = `x-ms-date:${date}\nx-ms-version:${PROTOCOL}`;
  const canonical = `/${ACCOUNT}/${ACCOUNT}${path}${query === '' ? '' : `\n${query.replace('=', ':')}`}`;
  const text = `${method}${'\n'.repeat(12)}${headers}\n${canonical}`;
  return fetch(`${origin}/${ACCOUNT}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: {
      'x-ms-date': date,
      'x-ms-version': PROTOCOL,
      authorization: `SharedKey ${ACCOUNT}:${sign(text)}`,
    },
  });
}

function sign(text: string): string {
  return createHmac('sha256', Buffer.from(KEY, 'base64')).update(text, 'utf8').digest('base64');
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const [, address] = /successfully listen\w* (?:at|on) (http:\/\/127\.0\.0\.1:\d+)/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`azurite ended with ${code}: ${text}`)));
  });
}
