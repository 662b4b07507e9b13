import { assertNever, BuildError } from '../../errors/index.ts';
import { findProgram, spawnProcess, type ChildHandle } from '../../process/index.ts';
import type { Backend } from './backend.ts';
import { dyingWithParent, withOwnMounts, type InsideOptions } from './inside-options.ts';
import { startWithSudo } from './sudo.ts';
import { startInUserNamespace } from './user-namespace.ts';

/**
 * Starts a program (absolute path first) as root of the given backend, with mounts of its own; as this user where the
 * backend is none or proot. It is killed when this process dies. Throws ISOLATION where the backend refuses.
 */
export async function startInside(
  backend: Backend,
  command: readonly string[],
  options: InsideOptions,
): Promise<ChildHandle> {
  const program = (name: string): string => requiredProgram(name, options.env['PATH'] ?? '');
  switch (backend.name) {
    case 'proot':
    case 'none': {
      const setpriv = findProgram('setpriv', options.env['PATH'] ?? '');
      return start([...(setpriv === undefined ? [] : dyingWithParent(setpriv)), ...command], options);
    }
    case 'inplace':
      // Once a tree lies in the root, the machine's directories of programs are that tree's.
      return start([...dyingWithParent(ownProgram(backend, 'setpriv')), ...command], {
        ...options,
        env: { ...options.env, PATH: programsOf(backend) },
      });
    case 'mountns':
      return start(
        [...dyingWithParent(program('setpriv')), ...withOwnMounts(program('unshare')), ...command],
        options,
      );
    case 'sudo':
      return startWithSudo(command, options, program);
    case 'userns-identity':
    case 'userns-full':
    case 'userns-single':
      return startInUserNamespace(backend, command, options, program);
    default:
      return assertNever(backend.name);
  }
}

function programsOf({ builderDirectory = '' }: Backend): string {
  return `${builderDirectory}/bin`;
}

function ownProgram(backend: Backend, name: string): string {
  return requiredProgram(name, programsOf(backend));
}

function start(words: readonly string[], { env, cwd, stdio }: InsideOptions): Promise<ChildHandle> {
  const [first = '', ...rest] = words;
  return spawnProcess(first, rest, { env, cwd, stdio });
}

function requiredProgram(name: string, pathText: string): string {
  const found = findProgram(name, pathText);
  if (found !== undefined) return found;
  throw new BuildError('ISOLATION', `${name} was not found on this machine`, {
    hint: 'install util-linux, and uidmap (shadow-uidmap, shadow-utils) for user namespaces',
  });
}
