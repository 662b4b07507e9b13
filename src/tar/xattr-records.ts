import { toBytes, type BytePath } from '../bytes/index.ts';
import { overLimit } from './archive-error.ts';
import type { TarLimits } from './limits.ts';
import type { PaxRecords } from './pax-records.ts';

/** Star's keys for extended attributes, values as raw bytes: what container tools and GNU tar use. */
export const XATTR_PREFIX = 'SCHILY.xattr.';

/** Extended attributes of a PAX header. An empty value is an attribute without bytes, as GNU tar and containerd have it. */
export function readXattrRecords(pax: PaxRecords, limits: TarLimits): ReadonlyMap<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>();
  for (const [key, value] of pax) {
    if (!key.startsWith(XATTR_PREFIX)) continue;
    const name = key.slice(XATTR_PREFIX.length);
    if (name.length > limits.xattrNameBytes)
      throw overLimit('the name of an extended attribute is too long', limits.xattrNameBytes);
    if (value.length > limits.xattrValueBytes)
      throw overLimit('the value of an extended attribute is too long', limits.xattrValueBytes);
    xattrs.set(name, toBytes(value as BytePath));
  }
  return xattrs;
}

/** The records that carry extended attributes. */
export function xattrRecords(xattrs: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  const records = new Map<string, string>();
  for (const [name, value] of xattrs)
    records.set(`${XATTR_PREFIX}${name}`, Buffer.from(value).toString('latin1'));
  return records;
}
