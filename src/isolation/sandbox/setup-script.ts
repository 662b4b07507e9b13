import { BuildError } from '../../errors/index.ts';
import { DEVICES } from './mount-table.ts';
import type { ResourceLimit } from './sandbox-spec.ts';
import { shellCommand, shellWord } from './shell-words.ts';
import type { SandboxTools } from '../sandbox-tools.ts';

/** What the script needs to know beyond the mount table's files. */
export interface SetupPlan {
  readonly rootDir: string;
  readonly tools: SandboxTools;
  /** A directory with the links and empty mount points of a fresh /dev. */
  readonly devTemplate: string;
  readonly ownDevices: boolean;
  readonly ownSysfs: boolean;
  /** The restrictions (`nosuid` …) under which the root directory is mounted. */
  readonly rootRestrictions: readonly string[];
  /** How many descriptors a process may have here. */
  readonly openFiles: number;
  /** fstab files, see mountTable. */
  readonly requiredTable: string;
  readonly optionalTable: string | undefined;
  /** What RUN's own mounts are made by, see mountCommands. */
  readonly mountCommands: readonly string[];
  /** Another number for the only user there is: a namespace for it, to be mounted on an empty file. */
  readonly alias?: { readonly uid: number; readonly gid: number; readonly namespaceFile: string } | undefined;
  readonly limits: readonly ResourceLimit[];
  /** Bring up the loopback device of a new network. */
  readonly loopback: boolean;
}

/** What the script says on descriptor 3 when only RUN itself is left to do. */
export const READY = 'sandbox ready';

/** More descriptors than this make programs that close them all one by one take for ever. */
const MAX_DESCRIPTORS = 1_048_576;

/**
 * A script for sh(1) in fresh namespaces, read from its standard input so that no process list shows it. Builds the
 * file tree of a sandbox and moves it onto `/`; errors and then READY go to descriptor 3. The shell's own root
 * directory stays the machine's, below the new one: that is how host programs are still found, and `..` does not
 * lead there because the new root is a mount upon `/` itself.
 */
export function setupScript(plan: SetupPlan): string {
  const { tools, rootDir } = plan;
  const mount = (...words: string[]): string => shellCommand([tools.mount, '-n', ...words]);
  const devices = plan.ownDevices ? DEVICES.map((name) => `/dev/${name}`) : [];
  return lines([
    'set -e',
    // RUN's stderr waits on 4 until RUN starts.
    'exec 4>&2 2>&3',
    mount('-o', ['rbind', ...new Set([...plan.rootRestrictions, 'nodev'])].join(','), rootDir, rootDir),
    mount('-t', 'tmpfs', '-o', 'mode=755,nosuid,size=65536k', 'tmpfs', `${rootDir}/dev`),
    shellCommand([tools.cp, '-a', `${plan.devTemplate}/.`, ...devices, `${rootDir}/dev/`]),
    ...(plan.ownSysfs ? [] : boundSystemTree(plan, mount)),
    mount('-a', '-T', plan.requiredTable),
    ...(plan.optionalTable === undefined
      ? []
      : [`${mount('-a', '-T', plan.optionalTable)} 2>/dev/null || :`]),
    ...plan.mountCommands,
    ...(plan.loopback && tools.ip !== undefined ? [shellCommand([tools.ip, 'link', 'set', 'lo', 'up'])] : []),
    ...aliasCommands(plan, mount),
    `cd ${shellWord(rootDir)}`,
    mount('--move', '.', '/'),
    'umask 0022',
    ...(plan.openFiles > MAX_DESCRIPTORS ? [`ulimit -n ${MAX_DESCRIPTORS}`] : []),
    ...limitCommands(plan),
    `echo '${READY}' >&3`,
  ]);
}

/**
 * The rest of the script: runs the command in the new root and ends with its status. The shell stays as the parent,
 * because the first process of a process namespace has duties (reaping orphans) that RUN's program does not know.
 */
export function launchScript(
  command: readonly string[],
  secretEnv: Readonly<Record<string, string>> = {},
): string {
  // export is part of the shell: no list of processes shows the values.
  const exports = Object.entries(secretEnv).map(([name, value]) => `export ${name}=${shellWord(value)}`);
  // dev/null is the sandbox's own: what RUN does to descriptor 0 must not reach the machine's device.
  return lines(['set +e', ...exports, `${shellCommand(command)} <dev/null 2>&4 3>&- 4>&-`, 'exit $?']);
}

/** Makes a user namespace, which has to be done before the root changes, and keeps it by a mount. */
function aliasCommands(
  { alias, rootDir, tools }: SetupPlan,
  mount: (...words: string[]) => string,
): string[] {
  if (alias === undefined) return [];
  const ids = [`--map-user=${alias.uid}`, `--map-group=${alias.gid}`];
  const holder = `${shellWord(tools.sh)} -c 'kill -s STOP $$' <&- >&- 3>&- & echo $!`;
  const made = shellCommand([tools.unshare, '--user', ...ids, '--', tools.sh, '-c', holder]);
  return [
    `holder=$(${made})`,
    `${mount('--bind')} ${shellWord(`${rootDir}/proc/`)}"$holder"/ns/user ${shellWord(alias.namespaceFile)}`,
    'kill -s KILL "$holder"',
  ];
}

/** Limits of this shell, which RUN inherits. */
function limitCommands({ limits, tools }: SetupPlan): string[] {
  if (limits.length === 0) return [];
  if (tools.prlimit === undefined) {
    throw new BuildError('ISOLATION', 'the limits for RUN cannot be set: prlimit was not found', {
      hint: 'install util-linux, or leave ulimit out',
    });
  }
  const words = limits.map(({ name, soft, hard }) => `--${name}=${soft}:${hard}`);
  return [`${shellCommand([tools.prlimit, ...words])} --pid $$`];
}

/** Where sysfs cannot be mounted anew, the machine's is bound, read-only on top. */
function boundSystemTree({ rootDir }: SetupPlan, mount: (...words: string[]) => string): string[] {
  const target = `${rootDir}/sys`;
  return [
    mount('--rbind', '/sys', target),
    `${mount('-o', 'remount,bind,ro,nosuid,nodev,noexec', target)} 2>/dev/null || :`,
  ];
}

function lines(commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join('');
}
