import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, type Executed } from '../e2e/execute.ts';
import type { TestEnvironment } from './environment.ts';
import { runtimeConfig, type ContainerBind, type ContainerProcess } from './runtime-config.ts';

/** Programs that make containers. */
export const CONTAINER_TOOLS = ['runc', 'unshare', 'mount', 'timeout'];

export interface Container {
  readonly environment: TestEnvironment;
  /** A root file system of this machine; it is the lower layer of an overlay and stays as it is. */
  readonly root: string;
  readonly binds: readonly ContainerBind[];
  readonly process: ContainerProcess;
  /** The container is killed after this. */
  readonly limitSeconds?: number;
}

/**
 * Mounts the container's root in a mount namespace of its own, which ends with it: nothing here is ever mounted where
 * others see it. $1 lower, $2 bundle, $3 runc's state, $4 name, $5 seconds.
 */
const SCRIPT = `
set -e
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/rootfs"
timeout --kill-after=5 "$5" runc --root "$3" run --bundle "$2" "$4" && status=0 || status=$?
runc --root "$3" delete --force "$4" 2>/dev/null || :
exit "$status"
`;

/** Runs a program in a container on an overlay root and returns how it ended; nothing of the container is left then. */
export async function runContainer({
  environment,
  root,
  binds,
  process,
  limitSeconds = 400,
}: Container): Promise<Executed> {
  const bundle = mkdtempSync(join(tmpdir(), 'ts-kaniko-container-'));
  try {
    for (const name of ['upper', 'work', 'rootfs', 'state']) mkdirSync(join(bundle, name), { mode: 0o755 });
    const config = runtimeConfig(environment, join(bundle, 'rootfs'), binds, process);
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
    const name = `tsk-${randomBytes(6).toString('hex')}`;
    const words = [root, bundle, join(bundle, 'state'), name, `${limitSeconds}`];
    return await execute('unshare', [
      ...['--mount', '--propagation', 'private', '--', 'sh', '-c', SCRIPT, 'sh'],
      ...words,
    ]);
  } finally {
    removeBundle(bundle);
  }
}

function removeBundle(bundle: string): void {
  const mounted = readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${bundle}/`);
  if (mounted) throw new Error(`something is mounted below ${bundle}: it is left as it is`);
  rmSync(bundle, { recursive: true });
}
