import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execute, type Executed } from '../e2e/execute.ts';
import type { Container } from './run-container.ts';
import { runtimeConfig } from './runtime-config.ts';

/** A container that goes on, in which one process after the other is started, as CI systems do it. */
export interface LivingContainer {
  /** Starts a process and waits for its end; `killAfter` milliseconds kill it, and it alone. */
  exec(args: readonly string[], killAfter?: number): Promise<Executed>;
  close(): Promise<void>;
}

/** As in run-container.ts: nothing is mounted where others see it. The container's first process is what is waited for. */
const SCRIPT = `
set -e
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/rootfs"
runc --root "$3" run --bundle "$2" "$4" && status=0 || status=$?
runc --root "$3" delete --force "$4" 2>/dev/null || :
exit "$status"
`;
const START_MS = 20_000;

/** Starts one; its process must do nothing until it is killed. */
export async function startContainer({
  environment,
  root,
  binds,
  process,
}: Container): Promise<LivingContainer> {
  const bundle = mkdtempSync(join(tmpdir(), 'ts-kaniko-container-'));
  for (const name of ['upper', 'work', 'rootfs', 'state']) mkdirSync(join(bundle, name), { mode: 0o755 });
  const config = runtimeConfig(environment, join(bundle, 'rootfs'), binds, process);
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  const [state, name] = [join(bundle, 'state'), `tsk-${randomBytes(6).toString('hex')}`];
  const runc = (...words: string[]): Promise<Executed> => execute('runc', ['--root', state, ...words]);
  const namespace = ['--mount', '--propagation', 'private', '--', 'sh', '-c', SCRIPT, 'sh'];
  const child = spawn('unshare', [...namespace, root, bundle, state, name], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await untilRunning(() => runc('state', name));
  let count = 0;
  return {
    exec: async (args, killAfter) => {
      const file = join(bundle, `pid${count++}`);
      const running = runc('exec', '--pid-file', file, '--cwd', process.cwd, name, ...args);
      if (killAfter !== undefined) {
        await Promise.race([running, delay(killAfter)]);
        await untilThere(file, running);
        kill(Number(readFileSync(file, 'utf8')));
      }
      return running;
    },
    close: async () => {
      await runc('kill', name, 'KILL');
      await ended;
      const mounted = readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${bundle}/`);
      if (mounted) throw new Error(`something is mounted below ${bundle}: it is left as it is`);
      rmSync(bundle, { recursive: true });
    },
  };
}

async function untilRunning(state: () => Promise<Executed>): Promise<void> {
  for (let waited = 0; waited < START_MS; waited += 100) {
    if ((await state()).stdout.includes('"running"')) return;
    await delay(100);
  }
  throw new Error('the container did not start');
}

async function untilThere(file: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false;
  void ended.then(() => (isOver = true));
  while (!isOver && !(existsSync(file) && readFileSync(file, 'utf8') !== '')) await delay(5);
}

/** A process of runc, by the number it has on this machine. */
function kill(pid: number): void {
  try {
    if (pid > 1) globalThis.process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}
