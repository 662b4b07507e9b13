import type { GitSource } from '../../request/index.ts';

/** `host` or `host:port` of a repository that is reached by http or https; undefined for other transports. */
export function httpHostOf({ remote }: Pick<GitSource, 'remote'>): string | undefined {
  return /^https?:\/\/([^/]+)/i.exec(remote)?.[1]?.toLowerCase();
}

/** Whether what is sent there can be read on the way: plain http to another machine. */
export function isOpenTransport(remote: string): boolean {
  if (!/^http:\/\//i.test(remote)) return false;
  return !/^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(httpHostOf({ remote }) ?? '');
}
