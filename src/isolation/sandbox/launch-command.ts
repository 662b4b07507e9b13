import { BuildError } from '../../errors/index.ts';
import { CONTAINER_CAPABILITIES, hasCapability } from '../machine-capabilities.ts';
import type { SandboxSpec } from './sandbox-spec.ts';

/**
 * Variables that change how the C library of a *host* program starts: while unshare(1) runs, the host's files are
 * still there for `LD_PRELOAD=/somewhere/in/the/context.so` to name. They are set by the image's own env(1), after
 * the root has changed. The list is glibc's of variables it drops for setuid programs, and musl's.
 */
export const LOADER_VARIABLES =
  /^(LD_.*|GLIBC_.*|MALLOC_.*|GCONV_PATH|GETCONF_DIR|HOSTALIASES|LOCALDOMAIN|LOCPATH|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS|TZDIR|MUSL_.*)$/;

/**
 * The command line that, run with the new root as working directory, becomes RUN's program: setpriv(1) takes away
 * groups and capabilities, env(1) sets the environment, unshare(1) changes root, directory and user and executes.
 * `bounding` is the present bounding set in hexadecimal, `files` lie outside the root. Throws UNSUPPORTED for what cannot be passed on.
 */
export function launchCommand(spec: SandboxSpec, bounding: string, files: LaunchFiles): string[] {
  const { secretEnv = {} } = spec;
  const { plain, late } = splitVariables(spec);
  const assignments = Object.entries(plain).map(assignment);
  const environment = [spec.tools.env, ...emptied(secretEnv), '--', ...assignments];
  return [
    ...inRoot(spec, environment, bounding, files),
    '--',
    ...(late.length === 0 ? [] : ['env', ...late]),
    ...spec.args,
  ];
}

/** Where a launch finds what the setup made, and leaves what it records. */
export interface LaunchFiles {
  /** What a recorder writes to. */
  readonly log: string;
  /** The words that go before the program of the only user, see oneUserCommand. */
  readonly pretending: readonly string[];
  /** The user namespace in which the only user has the number that is asked for. */
  readonly userNamespace: string;
}

/** Sheds privileges, sets the environment, and changes root, directory and user. */
function inRoot(
  spec: SandboxSpec,
  environment: readonly string[],
  bounding: string,
  files: LaunchFiles,
): string[] {
  const { tools, user, workdir, oneUser } = spec;
  const shed = ['--ambient-caps=-all', '--inh-caps=-all', '--bounding-set', keptCapabilities(bounding), '--'];
  const changed = [tools.unshare, '--root=.', `--wd=${workdir}`];
  if (oneUser === undefined) {
    const ids = ['--regid', `${user.gid}`, ...groupOptions(user.groups)];
    return [tools.setpriv, ...ids, ...shed, ...environment, ...changed, '--setuid', `${user.uid}`];
  }
  if (user.uid === 0) return [...files.pretending, tools.setpriv, ...shed, ...environment, ...changed];
  // The only user, called otherwise: without privileges, and so without changes of owner to record.
  const entered = [
    '--preserve-credentials',
    `--user=${files.userNamespace}`,
    '--root=.',
    `--wdns=${workdir}`,
  ];
  return [...environment, requiredNsenter(tools), ...entered];
}

function requiredNsenter({ nsenter }: SandboxSpec['tools']): string {
  if (nsenter !== undefined) return nsenter;
  throw new BuildError('ISOLATION', 'RUN cannot have another user than root here: nsenter was not found', {
    hint: 'install util-linux 2.38 or newer',
  });
}

/**
 * RUN's variables without those that are secret: the ones any program may be started with, and assignments of those that
 * have to wait. Throws UNSUPPORTED for what cannot be passed on, in variables and in arguments.
 */
export function splitVariables({ env, secretEnv = {}, args }: SandboxSpec): {
  readonly plain: Record<string, string>;
  readonly late: readonly string[];
} {
  const entries = Object.entries(env).filter(([name]) => !Object.hasOwn(secretEnv, name));
  for (const [name, value] of Object.entries(secretEnv)) checkSecretVariable(name, value);
  for (const [name, value] of entries) checkVariable(name, value);
  for (const word of args) checkWord(word);
  return {
    plain: Object.fromEntries(entries.filter(([name]) => !LOADER_VARIABLES.test(name))),
    late: entries.filter(([name]) => LOADER_VARIABLES.test(name)).map(assignment),
  };
}

/** The words by which setpriv(1) sets the supplementary groups. */
export function groupOptions(groups: readonly number[]): string[] {
  return groups.length === 0 ? ['--clear-groups'] : ['--groups', groups.join(',')];
}

/** Docker's default capabilities, as far as they are there to be kept, as setpriv(1) takes a bounding set. */
export function keptCapabilities(bounding: string): string {
  const kept = CONTAINER_CAPABILITIES.filter((name) => hasCapability(bounding, name));
  return ['-all', ...kept.map((name) => `+${name}`)].join(',');
}

/** What a shell started with LC_ALL alone hands on by itself. */
const SHELL_VARIABLES = ['LC_ALL', 'PWD', 'OLDPWD', 'SHLVL', '_'];

/** Options of env(1) that leave nothing but the secret variables, which the shell before it hands on. */
function emptied(secretEnv: Readonly<Record<string, string>>): string[] {
  if (Object.keys(secretEnv).length === 0) return ['-i'];
  return SHELL_VARIABLES.filter((name) => !Object.hasOwn(secretEnv, name)).flatMap((name) => ['-u', name]);
}

/** Such a value passes through a shell's variable, and is there while the machine's own programs start. */
function checkSecretVariable(name: string, value: string): void {
  checkWord(value);
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !LOADER_VARIABLES.test(name)) return;
  throw new BuildError('UNSUPPORTED', `a secret cannot be given as variable ${JSON.stringify(name)}`, {
    hint: 'choose a name of letters, digits and underscores that no loader reads, or mount it as a file',
  });
}

function assignment([name, value]: [string, string]): string {
  return `${name}=${value}`;
}

function checkVariable(name: string, value: string): void {
  if (name === '' || name.includes('=')) {
    throw new BuildError('UNSUPPORTED', `RUN cannot be given a variable named ${JSON.stringify(name)}`, {
      hint: 'environment names are not empty and hold no =',
    });
  }
  checkWord(name);
  checkWord(value);
}

function checkWord(word: string): void {
  if (!word.includes('\0')) return;
  throw new BuildError('UNSUPPORTED', 'RUN cannot be given text that holds a NUL character', {
    hint: 'remove it from the command, ARG or ENV',
  });
}
