import { z } from 'zod';
import { BuildError } from '../errors/index.ts';

/** image-spec image-index.md#platform-variants. */
export const Platform = z.looseObject({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});
export type Platform = z.infer<typeof Platform>;

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: '386',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
};
const KNOWN_ARCHITECTURES = new Set(Object.values(ARCHITECTURES));
const SYSTEMS = new Set(['linux', 'windows', 'darwin', 'freebsd']);
const ALIASES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armel: 'arm',
  i386: '386',
};

/** The platform of a machine given Node's `process.arch`. */
export function platformOfMachine(nodeArch: string): Platform {
  return { os: 'linux', architecture: ARCHITECTURES[nodeArch] ?? nodeArch };
}

/**
 * `os/arch[/variant]` as a Platform, with containerd's aliases (x86_64, aarch64). Where a machine is given, one word is
 * an operating system or an architecture alone, and the other is the machine's. Throws USAGE.
 */
export function parsePlatform(text: string, machine?: Platform): Platform {
  const parts = text.toLowerCase().split('/');
  if (machine !== undefined && parts.length === 1) {
    const [word = ''] = parts;
    if (SYSTEMS.has(word)) return { ...machine, os: word };
    const architecture = ALIASES[word] ?? word;
    if (KNOWN_ARCHITECTURES.has(architecture)) return { os: machine.os, architecture };
  }
  return wholePlatform(text, parts);
}

function wholePlatform(text: string, [os, rawArch, variant, ...rest]: readonly string[]): Platform {
  if (os === undefined || os === '' || rawArch === undefined || rawArch === '' || rest.length > 0) {
    throw new BuildError('USAGE', `invalid platform ${JSON.stringify(text)}`, {
      hint: 'write it as os/arch[/variant], for instance linux/amd64',
    });
  }
  const architecture = ALIASES[rawArch] ?? rawArch;
  const dropped = architecture === 'arm64' && (variant === 'v8' || variant === '8');
  return variant === undefined || dropped ? { os, architecture } : { os, architecture, variant };
}

export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant]
    .filter((part) => part !== undefined && part !== '')
    .join('/');
}

/** How well an offered platform serves a wanted one: undefined for not at all, else higher is better. */
export function matchPlatform(wanted: Platform, offered: Platform): number | undefined {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return undefined;
  const normal = (p: Platform): string =>
    p.architecture === 'arm64' && p.variant === 'v8' ? '' : (p.variant ?? '');
  const [want, have] = [normal(wanted), normal(offered)];
  if (want === have) return 100;
  if (wanted.architecture === 'arm') {
    const [w, h] = [Number((want || 'v7').slice(1)), Number((have || 'v7').slice(1))];
    return h <= w ? 50 + h : undefined;
  }
  return want === '' ? 10 : undefined;
}
