/**
 * Serves a directory on a free port of the loopback interface until standard input ends, and prints the port: files with
 * the times they have, and repositories by git's protocol. A program of its own, for it has to run in the network of the
 * builder that asks.
 */
import { readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { serveRepository } from '../git/http-server.ts';

const [root = '/nonexistent'] = process.argv.slice(2);
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  if (path.includes('.git/')) serveRepository(root, request, response);
  else serveFile(join(root, path), response);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.stdin.on('end', () => process.exit(0)).resume();

function serveFile(path: string, response: ServerResponse): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return void response.writeHead(404).end();
  response.setHeader('Last-Modified', stat.mtime.toUTCString());
  response.end(readFileSync(path));
}
