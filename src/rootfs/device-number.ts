/** The major number in glibc's encoding of dev_t: makedev(3). */
export function deviceMajor(rdev: bigint): number {
  return Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xffff_f000n));
}

/** The minor number in glibc's encoding of dev_t: makedev(3). */
export function deviceMinor(rdev: bigint): number {
  return Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffff_ff00n));
}
