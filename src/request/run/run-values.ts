import { isIP } from 'node:net';
import { BuildError } from '../../errors/index.ts';
import type { RunOptions } from '../build-request.ts';

const LIMITS = [
  ...['core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice', 'nofile', 'nproc', 'rss'],
  ...['rtprio', 'rttime', 'sigpending', 'stack'],
];
const UNITS = ['', 'k', 'm', 'g', 't', 'p'];

/**
 * More hosts for RUN: `host=address` or `host:address`; another address of the same host may follow as an entry of its own.
 * `host-gateway` is the machine itself, whose network RUN has. Throws USAGE.
 */
export function parseHosts(entries: readonly string[]): NonNullable<RunOptions['extraHosts']> {
  const hosts: { host: string; address: string }[] = [];
  for (const entry of entries.flatMap((text) => text.split(',')).map((text) => text.trim())) {
    const last = hosts.at(-1);
    const [, name = '', given = ''] = /^([^=:]+)[=:](.+)$/.exec(entry) ?? [];
    const [host, text] =
      addressOf(entry) !== undefined && last !== undefined ? [last.host, entry] : [name, given];
    const address = addressOf(text);
    if (!/^[A-Za-z0-9_.-]+$/.test(host) || address === undefined) {
      throw new BuildError('USAGE', `invalid host ${JSON.stringify(entry)}`, {
        hint: 'write it as name=address',
      });
    }
    hosts.push({ host, address });
  }
  return hosts;
}

function addressOf(text: string): string | undefined {
  if (text === 'host-gateway') return '127.0.0.1';
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}

/** Bytes of a size such as `64m` or `1.5g`, in powers of 1024. Throws USAGE. */
export function parseSize(text: string, name: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?(?:([kmgtp]?)i?b?)$/i.exec(text) ?? [];
  const bytes = Math.trunc(Number(digits) * 1024 ** UNITS.indexOf(unit.toLowerCase()));
  if (digits !== undefined && Number.isSafeInteger(bytes)) return bytes;
  throw new BuildError('USAGE', `invalid value ${JSON.stringify(text)} for ${name}`, {
    hint: 'write it like 64m or 1g',
  });
}

/** Limits as docker takes them: `name=soft[:hard]`, -1 for none. Throws USAGE. */
export function parseLimits(entries: readonly string[]): NonNullable<RunOptions['limits']> {
  return entries.map((entry) => {
    const [, name = '', soft = '', hard = soft] = /^([a-z]+)=(-1|\d+)(?::(-1|\d+))?$/.exec(entry) ?? [];
    const isReversed = hard !== '-1' && (soft === '-1' || BigInt(soft || 0) > BigInt(hard || 0));
    if (!LIMITS.includes(name) || isReversed) {
      throw new BuildError('USAGE', `invalid ulimit ${JSON.stringify(entry)}`, {
        hint: isReversed
          ? 'the soft limit is at most the hard one'
          : 'write it as name=soft:hard, for instance nofile=1024:2048',
      });
    }
    return { name, soft: unlimited(soft), hard: unlimited(hard) };
  });
}

function unlimited(text: string): string {
  return text === '-1' ? 'unlimited' : text;
}
