import { BuildError } from '../../errors/index.ts';
import { DEVICES } from '../sandbox/mount-table.ts';
import { LOADER_VARIABLES } from '../sandbox/launch-command.ts';
import type { SandboxSpec } from '../sandbox/sandbox-spec.ts';

/** A path of this machine and where it appears in the root. */
export interface ProotBind {
  readonly source: string;
  readonly target: string;
}

/**
 * The command line that runs a RUN by proot(1), which translates the paths of every system call. Root is pretended by -0,
 * another user by -i. Throws ISOLATION for a path that its options cannot hold.
 */
export function prootCommand(
  spec: Pick<SandboxSpec, 'args' | 'env' | 'rootDir' | 'user' | 'workdir'>,
  proot: string,
  binds: readonly ProotBind[],
): string[] {
  const { args, env, rootDir, user, workdir } = spec;
  const identity = user.uid === 0 && user.gid === 0 ? ['-0'] : ['-i', `${user.uid}:${user.gid}`];
  // Such a variable would change how proot itself starts.
  const late = Object.entries(env).filter(([name]) => LOADER_VARIABLES.test(name));
  return [
    ...[proot, '--kill-on-exit', ...identity, '-r', rootDir, '-w', workdir],
    ...binds.flatMap((bind) => ['-b', bindOption(bind)]),
    ...(late.length === 0 ? [] : ['env', ...late.map(([name, value]) => `${name}=${value}`)]),
    ...args,
  ];
}

/** The environment of proot itself, which RUN inherits; `settings` are for proot. */
export function prootEnvironment(
  { env, secretEnv = {} }: Pick<SandboxSpec, 'env' | 'secretEnv'>,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  const plain = Object.entries({ ...env, ...secretEnv }).filter(([name]) => !LOADER_VARIABLES.test(name));
  return { ...Object.fromEntries(plain), ...settings };
}

/** What of this machine is seen in every root. */
export function systemBinds(devices: string): ProotBind[] {
  const same = (path: string): ProotBind => ({ source: path, target: path });
  return [
    same('/proc'),
    same('/sys'),
    { source: devices, target: '/dev' },
    ...[...DEVICES, 'pts'].map((name) => same(`/dev/${name}`)),
  ];
}

function bindOption({ source, target }: ProotBind): string {
  for (const path of [source, target]) {
    if (!path.includes(':')) continue;
    throw new BuildError('ISOLATION', `proot cannot mount ${JSON.stringify(path)}: its name holds a colon`, {
      hint: 'choose a path without colons, or build where user namespaces can be made',
    });
  }
  return `${source}:${target}`;
}
