import { isIP } from 'node:net';
import { semanticsError } from '../source-location.ts';

const HIGHEST_PORT = 65_535;
const PROTOCOLS = ['tcp', 'udp', 'sctp'];

/**
 * The `port/protocol` entries that one word of EXPOSE stands for: `[[ip:]host:]port[-port][/protocol]`. What concerns the
 * host is checked and dropped, ranges are spelled out. Throws DOCKERFILE_SEMANTICS.
 */
export function exposedPorts(word: string): string[] {
  const parts = word.split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  const address = parts.join(':').replace(/^\[(.*)\]$/, '$1');
  if (address !== '' && isIP(address) === 0) throw invalid(`invalid IP address: ${address}`);
  const { range, protocol } = splitProtocol(word, container);
  const [first, last] = portRange(range) ?? [];
  if (first === undefined || last === undefined) throw invalid(`invalid containerPort: ${range}`);
  checkHost(host, range, last - first);
  return Array.from({ length: last - first + 1 }, (_, offset) => `${first + offset}/${protocol}`);
}

function splitProtocol(
  word: string,
  container: string,
): { readonly range: string; readonly protocol: string } {
  const slash = container.indexOf('/');
  const range = slash < 0 ? container : container.slice(0, slash);
  const protocol = slash < 0 ? '' : container.slice(slash + 1).toLowerCase();
  if (range === '') throw invalid(`no port specified: ${word}<empty>`);
  if (protocol !== '' && !PROTOCOLS.includes(protocol)) throw invalid(`invalid proto: ${protocol}`);
  return { range, protocol: protocol === '' ? 'tcp' : protocol };
}

function checkHost(host: string, container: string, extent: number): void {
  if (host === '') return;
  const range = portRange(host);
  if (range === undefined) throw invalid(`invalid hostPort: ${host}`);
  if (extent !== 0 && range[1] - range[0] !== extent)
    throw invalid(`invalid ranges specified for container and host Ports: ${container} and ${host}`);
}

function portRange(text: string): readonly [number, number] | undefined {
  const matched = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (matched === null) return undefined;
  const first = Number(matched[1]);
  const last = Number(matched[2] ?? matched[1]);
  return last < first || last > HIGHEST_PORT ? undefined : [first, last];
}

function invalid(message: string): Error {
  return semanticsError(message, 'write it as port, port/udp or first-last/tcp');
}
