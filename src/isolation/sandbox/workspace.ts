import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hasCapability } from '../machine-capabilities.ts';
import { mountOf, mountsBelow, parseMountInfo, restrictionsOf, type MountEntry } from '../mount-info.ts';
import { inInitialUserNamespace, type ProcessStatus } from '../process-status.ts';
import { oneUserCommand } from '../recorder/one-user-command.ts';
import type { LaunchFiles } from './launch-command.ts';
import { mountCommands } from './mount-commands.ts';
import { makeDevTemplate } from './dev-template.ts';
import { mountTable } from './mount-table.ts';
import type { SandboxSpec } from './sandbox-spec.ts';
import { setupScript } from './setup-script.ts';

/** Docker's size of /dev/shm. */
const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;

/** The files a sandbox is built from, in a temporary directory of their own. */
export interface Workspace {
  readonly directory: string;
  /** For sh(1) in the new namespaces, see setupScript. */
  readonly script: string;
  readonly files: LaunchFiles;
  remove(): void;
}

/** Writes everything the setup of one RUN reads, as fits this machine and our privileges on it. */
export function prepareWorkspace(spec: SandboxSpec, status: ProcessStatus): Workspace {
  const directory = mkdtempSync(`${spec.scratchDir}/run-`);
  const isAlias = spec.oneUser !== undefined && spec.user.uid !== 0;
  const initial = inInitialUserNamespace();
  const ownDevices = initial && hasCapability(status.effective, 'mknod');
  const ownSysfs = initial && hasCapability(status.effective, 'sys_admin');
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const table = mountTable({
    rootDir: spec.rootDir,
    ownProc: spec.ownProc,
    ownDevices,
    terminalGroup: spec.oneUser === undefined,
    binds: spec.binds,
    shmBytes: spec.shmBytes ?? DEFAULT_SHM_BYTES,
    launcher: (isAlias ? spec.tools.nsenter : undefined) ?? spec.tools.unshare,
    ownSysfs,
    messageQueues: /\bmqueue$/m.test(readFileSync('/proc/filesystems', 'utf8')),
    sysMounts: ownSysfs ? [] : mountsBelow(mounts, '/sys'),
    exists: existsSync,
    restrictionsOf: (path) => restrictionsAt(mounts, path),
  });
  const requiredTable = `${directory}/required`;
  writeFileSync(requiredTable, table.required);
  const optionalTable = table.optional === '' ? undefined : `${directory}/optional`;
  if (optionalTable !== undefined) writeFileSync(optionalTable, table.optional);
  const devTemplate = `${directory}/dev`;
  makeDevTemplate(devTemplate, ownDevices, spec.script);
  const secretsDirectory = `${directory}/secrets`;
  mkdirSync(secretsDirectory, { mode: 0o700 });
  const log = `${directory}/owners`;
  const pretending =
    spec.oneUser === undefined || isAlias ? [] : oneUserCommand(spec.oneUser, { directory, log }, spec.tools);
  const files = { log, pretending, userNamespace: `${directory}/user` };
  if (isAlias) writeFileSync(files.userNamespace, '');
  const script = setupScript({
    alias: isAlias ? { ...spec.user, namespaceFile: files.userNamespace } : undefined,
    requiredTable,
    optionalTable,
    rootDir: spec.rootDir,
    tools: spec.tools,
    devTemplate,
    ownDevices,
    ownSysfs,
    rootRestrictions: restrictionsAt(mounts, spec.rootDir),
    mountCommands: mountCommands(spec.mounts ?? [], {
      rootDir: spec.rootDir,
      tools: spec.tools,
      secretsDirectory,
      ownership: spec.oneUser === undefined,
      restrictionsOf: (path) => restrictionsAt(mounts, path),
    }),
    limits: spec.limits ?? [],
    openFiles: openFilesLimit(readFileSync('/proc/self/limits', 'utf8')),
    loopback: spec.network === 'none',
  });
  return { directory, script, files, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** The soft limit of open files in the text of /proc/self/limits. */
function openFilesLimit(text: string): number {
  const value = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  return value === undefined || value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value);
}

function restrictionsAt(mounts: readonly MountEntry[], path: string): string[] {
  try {
    return restrictionsOf(mountOf(mounts, realpathSync(path)));
  } catch {
    return []; // the mount itself will tell what is wrong with the path
  }
}
