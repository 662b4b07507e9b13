/** Linux capabilities by number (capabilities(7)), as far as anything here asks for them. */
const NUMBERS = {
  chown: 0,
  dac_override: 1,
  fowner: 3,
  fsetid: 4,
  kill: 5,
  setgid: 6,
  setuid: 7,
  setpcap: 8,
  net_bind_service: 10,
  net_raw: 13,
  sys_chroot: 18,
  sys_admin: 21,
  mknod: 27,
  audit_write: 29,
  setfcap: 31,
} as const;

export type CapabilityName = keyof typeof NUMBERS;

/** What root in a container has by default: Docker's fourteen, 0xa80425fb. */
export const CONTAINER_CAPABILITIES: readonly CapabilityName[] = [
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'net_bind_service',
  'net_raw',
  'sys_chroot',
  'mknod',
  'audit_write',
  'setfcap',
];

/** Whether a set, as `/proc/PID/status` prints it in hexadecimal, holds a capability. */
export function hasCapability(set: string, name: CapabilityName): boolean {
  return ((BigInt(`0x${set}`) >> BigInt(NUMBERS[name])) & 1n) === 1n;
}
