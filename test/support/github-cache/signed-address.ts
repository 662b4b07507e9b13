import { createHmac } from 'node:crypto';

const SECRET = 'the storage account of the tests';

/** A signed address of a blob: who has it may read (`r`) or create and write (`cw`) it until it expires. */
export function signAddress(origin: string, path: string, permissions: 'r' | 'cw', expires: number): string {
  const se = new Date(expires).toISOString();
  const sig = encodeURIComponent(signature(path, permissions, se));
  return `${origin}${path}?sv=2021-12-02&sr=b&sp=${permissions}&se=${encodeURIComponent(se)}&sig=${sig}`;
}

/** Azure's word for what is wrong with an address; undefined where it opens the blob. */
export function addressFault(url: URL, needed: 'r' | 'w', now: number): string | undefined {
  const [sp, se, sig] = ['sp', 'se', 'sig'].map((name) => url.searchParams.get(name) ?? '');
  if (sig !== signature(url.pathname, sp ?? '', se ?? '')) return 'AuthenticationFailed';
  if (Date.parse(se ?? '') <= now) return 'AuthenticationFailed';
  return sp?.includes(needed) === true ? undefined : 'AuthorizationPermissionMismatch';
}

function signature(path: string, permissions: string, expires: string): string {
  return createHmac('sha256', SECRET).update(`${path}\n${permissions}\n${expires}`).digest('base64');
}
