import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';

/** git's own server program; undefined where git came without it. */
export const HTTP_BACKEND = findBackend();

export interface GitServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** The Authorization header of each request, in order. */
  readonly authorizations: (string | undefined)[];
  close(): Promise<void>;
}

export interface GitServerOptions {
  /** The only Authorization header that is let in; everybody is where absent. */
  readonly authorization?: string;
  /** Where every request is sent instead. */
  readonly redirectTo?: string;
}

/** Serves the repositories below a directory by git's smart protocol on this machine. */
export async function startGitServer(root: string, options: GitServerOptions = {}): Promise<GitServer> {
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    authorizations.push(authorization);
    const { redirectTo } = options;
    if (redirectTo !== undefined)
      response.writeHead(302, { location: `${redirectTo}${request.url ?? ''}` }).end();
    else if (options.authorization !== undefined && authorization !== options.authorization)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    else serveRepository(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, authorizations, close: () => closed(server) };
}

/** Answers one request for a file of the repositories below a directory. */
export function serveRepository(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const { headers, method = 'GET' } = request;
  const backend = spawn(HTTP_BACKEND ?? '', [], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.once('close', () => answer(Buffer.concat(chunks), response));
}

/** CGI: header lines, an empty line, the body. */
function answer(output: Buffer, response: ServerResponse): void {
  const end = output.indexOf('\r\n\r\n');
  const lines = output.subarray(0, end).toString('latin1').split('\r\n');
  let status = 200;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') status = Number(value.slice(0, 3));
    else response.setHeader(name, value);
  }
  response.writeHead(status).end(output.subarray(end + 4));
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function findBackend(): string | undefined {
  try {
    const path = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined; // no git
  }
}
