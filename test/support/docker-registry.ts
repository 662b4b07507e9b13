import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PROGRAMS = ['docker-registry', 'openssl', 'htpasswd'];

/** Which program is missing for these tests (htpasswd is for logins alone); undefined where all are there. */
export function missingProgram(programs: readonly string[] = PROGRAMS): string | undefined {
  return programs.find((program) => {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

export interface DockerRegistry {
  readonly host: string;
  /** Path of the CA certificate of a registry with TLS. */
  readonly certificate: string;
  close(): Promise<void>;
}

export interface DockerRegistrySettings {
  readonly tls?: boolean;
  readonly auth?: 'basic' | 'token';
  readonly username?: string;
  readonly password?: string;
  /** URL of the registry this one is a pull-through mirror of. */
  readonly mirrorOf?: string;
  /** False: manifests cannot be removed, as in most registries out of the box. */
  readonly removes?: boolean;
}

/** Starts distribution's own registry in a temporary directory. */
export async function startDockerRegistry(settings: DockerRegistrySettings = {}): Promise<DockerRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 'docker-registry-'));
  const certificate = join(directory, 'c.pem');
  const key = join(directory, 'k.pem');
  makeCertificate(certificate, key);
  const port = await freePort();
  const tokens = settings.auth === 'token' ? await startTokenServer(certificate, key, settings) : undefined;
  const config = join(directory, 'config.yml');
  writeFileSync(config, JSON.stringify(configOf(directory, port, settings, tokens?.realm)));
  const child = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  await listening(port, child);
  return {
    host: `127.0.0.1:${port}`,
    certificate,
    async close() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null)
        await new Promise((resolve) => child.once('exit', resolve));
      await tokens?.close();
      rmSync(directory, { recursive: true });
    },
  };
}

// JSON is YAML.
function configOf(
  directory: string,
  port: number,
  settings: DockerRegistrySettings,
  realm: string | undefined,
): unknown {
  const { tls, auth, username = '', password = '', mirrorOf, removes = true } = settings;
  const certificate = join(directory, 'c.pem');
  const key = join(directory, 'k.pem');
  const path = join(directory, 'ht');
  if (auth === 'basic') execFileSync('htpasswd', ['-Bbc', path, username, password], { stdio: 'ignore' });
  return {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'data') }, delete: { enabled: removes } },
    http: { addr: `127.0.0.1:${port}`, ...(tls === true ? { tls: { certificate, key } } : {}) },
    ...(mirrorOf === undefined ? {} : { proxy: { remoteurl: mirrorOf } }),
    ...(auth === 'basic' ? { auth: { htpasswd: { realm: 'test', path } } } : {}),
    ...(auth === 'token'
      ? { auth: { token: { realm, service: 'test', issuer: 'issuer', rootcertbundle: certificate } } }
      : {}),
  };
}

function makeCertificate(certificate: string, key: string): void {
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject],
    {
      stdio: 'ignore',
    },
  );
}

/** A token server of the kind registries trust: RS256, with the certificate in x5c. */
async function startTokenServer(
  certificatePath: string,
  keyPath: string,
  { username = '', password = '' }: DockerRegistrySettings,
): Promise<{ readonly realm: string; close(): Promise<void> }> {
  const certificate = new X509Certificate(readFileSync(certificatePath)).raw.toString('base64');
  const key = readFileSync(keyPath);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createHttpServer((request, response) => {
    if (request.headers.authorization !== expected) return void response.writeHead(401).end();
    const url = new URL(request.url ?? '', 'http://x');
    const access = url.searchParams
      .getAll('scope')
      .flatMap((text) => text.split(' '))
      .map(accessOf);
    const now = Math.floor(Date.now() / 1000);
    const times = { exp: now + 300, nbf: now - 10, iat: now };
    const claims = {
      iss: 'issuer',
      sub: 'u',
      aud: url.searchParams.get('service'),
      jti: randomUUID(),
      ...times,
      access,
    };
    const unsigned = `${encode({ typ: 'JWT', alg: 'RS256', x5c: [certificate] })}.${encode(claims)}`;
    const signature = createSign('RSA-SHA256').update(unsigned).sign(key).toString('base64url');
    response.end(JSON.stringify({ token: `${unsigned}.${signature}` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function accessOf(scope: string): unknown {
  const [, type, name, actions = ''] = /^([^:]+):(.+):([^:]+)$/.exec(scope) ?? [];
  return { type, name, actions: actions.split(',') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until the registry takes connections; throws where it ended instead. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await delay(20);
  }
  throw new Error('docker-registry did not start');
}
