import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execute, type Executed } from '../e2e/execute.ts';
import { TOOL_PATH } from '../e2e/requirements.ts';
import { USER_ID, type TestEnvironment } from './environment.ts';
import type { Laboratory } from './laboratory.ts';
import { runContainer } from './run-container.ts';
import type { ContainerBind } from './runtime-config.ts';
import { TEST_PROOT } from './test-proot.ts';

/** Where the program lies in a job's container; its own image has it elsewhere. */
const PROGRAM = '/opt/ts-kaniko';

/** As docker/Dockerfile sets it. */
export const IMAGE_ENV = {
  PATH: '/kaniko/bin:/kaniko',
  HOME: '/kaniko',
  DOCKER_CONFIG: '/kaniko/.docker',
  TS_KANIKO_IMAGE: '1',
};

/** What every engine puts into a container that shares a network. */
const NETWORK_FILES: readonly ContainerBind[] = ['/etc/resolv.conf', '/etc/hosts'].map((path) => ({
  source: path,
  target: path,
  readOnly: true,
}));

export interface Invocation {
  /** Files of the context. */
  readonly context: string;
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the workspace, beside the context. */
  readonly files?: Readonly<Record<string, string>>;
}

/** How a build in an environment ended, and what it left in the workspace's scratch space. */
export interface BuiltIn extends Executed {
  readonly leftovers: readonly string[];
}

/**
 * Runs the built command line in a container of this environment, in a workspace as CI systems mount it: a volume with
 * the context, a home and a directory for temporary files, all of them the user's.
 */
export async function buildIn(
  environment: TestEnvironment,
  laboratory: Laboratory,
  { context, flags, env = {}, files = {} }: Invocation,
): Promise<BuiltIn> {
  const volume = mkdtempSync(join(tmpdir(), 'ts-kaniko-volume-'));
  try {
    const workspace = join(volume, 'workspace');
    cpSync(context, join(workspace, 'context'), { recursive: true, preserveTimestamps: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(workspace, name), content);
    for (const name of ['home', 'temporary']) mkdirSync(join(workspace, name));
    await execute('chown', ['-R', `${environment.uid}:${environment.uid}`, workspace]);
    const place = await placeOf(environment, laboratory, volume);
    const result = await runContainer({
      environment,
      root: place.root,
      binds: [{ source: workspace, target: '/workspace' }, ...NETWORK_FILES, ...place.binds],
      process: {
        args: [...place.program, ...flags],
        env: { ...place.env, TMPDIR: '/workspace/temporary', ...env },
        cwd: '/workspace',
      },
    });
    return { ...result, leftovers: readdirSync(join(workspace, 'temporary')) };
  } finally {
    rmSync(volume, { recursive: true });
  }
}

/** What a container is made of, and how the program is started in it. */
interface Place {
  readonly root: string;
  readonly binds: readonly ContainerBind[];
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function placeOf(environment: TestEnvironment, laboratory: Laboratory, volume: string): Promise<Place> {
  if (environment.root === 'builder')
    return {
      root: (await laboratory.builderImage()).root,
      binds: [],
      program: ['/kaniko/executor'],
      env: IMAGE_ENV,
    };
  const installed = dirname(laboratory.program.command[0]);
  return {
    root: laboratory.jobRoot,
    binds: [
      { source: installed, target: PROGRAM, readOnly: true },
      ...(environment.proot ? [{ source: TEST_PROOT, target: '/usr/local/bin/proot', readOnly: true }] : []),
      ...accountFiles(environment, volume),
    ],
    program: [`${PROGRAM}/node`, `${PROGRAM}/dist/cli/index.js`],
    env: { PATH: TOOL_PATH, HOME: '/workspace/home' },
  };
}

/** Files that an engine or an administrator puts into a container. */
function accountFiles({ sudo, subordinateIds, strace }: TestEnvironment, directory: string): ContainerBind[] {
  const file = (target: string, content: string, mode = 0o644): ContainerBind => {
    const source = join(directory, target.replaceAll('/', '_'));
    writeFileSync(source, content, { mode });
    chownSync(source, 0, 0);
    return { source, target };
  };
  const lent = subordinateIds ? `${USER_ID}:100000:65536\n` : '';
  return [
    file('/etc/subuid', lent),
    file('/etc/subgid', lent),
    ...(strace ? [] : [file('/usr/bin/strace', 'not a program\n')]),
    ...(sudo ? [file('/etc/sudoers.d/builder', 'builder ALL=(ALL) NOPASSWD: ALL\n', 0o440)] : []),
  ];
}
