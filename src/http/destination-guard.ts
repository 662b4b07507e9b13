import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { BuildError } from '../errors/index.ts';
import { isInternalAddress, isMetadataAddress } from './internal-address.ts';

/** Which addresses a connection may go to. */
export type Reach = 'anywhere' | 'no-metadata' | 'public';

/**
 * How far a server at `from` may lead us when it names `to`: anywhere on its own host; not to internal addresses,
 * unless it is on an internal address itself; never to link-local ones. A name that does not resolve counts as public.
 */
export async function reachFrom(from: URL, to: URL): Promise<Reach> {
  if (from.hostname === to.hostname) return 'anywhere';
  const addresses = await addressesOf(from.hostname);
  return addresses.some(isInternalAddress) ? 'no-metadata' : 'public';
}

/** Throws NETWORK where the URL's host is written as an address out of reach; names are checked when they resolve. */
export function checkLiteral(url: URL, reach: Reach): void {
  const host = bareHost(url.hostname);
  if (isIP(host) !== 0 && !inReach(host, reach)) throw refused(host);
}

/** A lookup of names that fails where any of a name's addresses is out of reach. */
export function guardedLookup(reach: Reach): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) return callback(error, '');
      const bad = addresses.find(({ address }) => !inReach(address, reach));
      if (bad !== undefined) return callback(refused(`${hostname} (${bad.address})`), '');
      if (options.all === true) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first?.address ?? '', first?.family);
    });
  };
}

function inReach(address: string, reach: Reach): boolean {
  if (reach === 'anywhere') return true;
  if (isMetadataAddress(address)) return false;
  return reach === 'no-metadata' || !isInternalAddress(address);
}

async function addressesOf(hostname: string): Promise<string[]> {
  const host = bareHost(hostname);
  if (isIP(host) !== 0) return [host];
  return new Promise((resolve) => {
    systemLookup(host, { all: true }, (error, found) =>
      resolve(error === null ? found.map(({ address }) => address) : []),
    );
  });
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function refused(where: string): BuildError {
  return new BuildError('NETWORK', `a server sent us to the internal address ${where}, which was refused`, {
    hint: 'a public server has no business there; reach an internal registry by its own name',
  });
}
