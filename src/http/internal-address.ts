import { BlockList, isIP } from 'node:net';

const INTERNAL_V4: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['168.63.129.16', 32], // Azure's wire server, reached from its machines alone
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];
const INTERNAL_V6: readonly [network: string, prefix: number][] = [
  ['::', 96], // unspecified, loopback, and IPv4 in its oldest embedding
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
/** Addresses where clouds tell machines their own credentials. No registry has business there. */
const METADATA_V4: readonly [network: string, prefix: number][] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32], // Alibaba
  ['168.63.129.16', 32], // Azure
  ['192.0.0.192', 32], // Oracle
];
const METADATA_V6: readonly [network: string, prefix: number][] = [
  ['fe80::', 10],
  ['fd00:ec2::', 32],
];
/** Networks that carry an IPv4 address in their low bits (64:ff9b::/96) or high bits (2002::/16). */
const NAT64 = '64:ff9b:';

const internal = blockList([...INTERNAL_V4, ...INTERNAL_V6]);
const metadata = blockList([...METADATA_V4, ...METADATA_V6, ...METADATA_V4.flatMap(embedded)]);

/** True for an IP address that is not of the public Internet: loopback, private, link-local, multicast, unspecified. */
export function isInternalAddress(address: string): boolean {
  return matches(internal, address) || /^2002:/i.test(address) || address.toLowerCase().startsWith(NAT64);
}

/** True for link-local addresses, cloud metadata services among them. */
export function isMetadataAddress(address: string): boolean {
  return matches(metadata, address);
}

/** The networks of IPv6 that lead to one of IPv4: its oldest embedding, NAT64 and 6to4. */
function embedded([network, prefix]: readonly [string, number]): [string, number][] {
  const bytes = network.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  const groups = `${bytes.slice(0, 2).join('')}:${bytes.slice(2).join('')}`;
  return [
    [`::${groups}`, 96 + prefix],
    [`64:ff9b::${groups}`, 96 + prefix],
    [`2002:${groups}::`, 16 + prefix],
  ];
}

function blockList(networks: readonly [string, number][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks)
    list.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

function matches(list: BlockList, address: string): boolean {
  const plain = address.split('%')[0] ?? address;
  const family = isIP(plain);
  // IPv4 in IPv6 (::ffff:10.0.0.1) is matched against the IPv4 networks by BlockList itself.
  return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
