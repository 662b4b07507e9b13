import { writeFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { BuildError } from '../../errors/index.ts';
import { run, spawnProcess, type ChildHandle } from '../../process/index.ts';
import { idMapLines, type IdRange } from '../id-map.ts';
import type { Backend, IdMaps } from './backend.ts';
import { dyingWithParent, withOwnMounts, type InsideOptions } from './inside-options.ts';

/** Steps of the start that take longer than this never end. */
const STEP_MS = 5000;

/**
 * Runs in the new namespace: reports on 4, waits on 3 until its ids are mapped, becomes root, executes. The first
 * message is written by a shell whose uid is not mapped yet; only ambient capabilities (--keep-caps) survive that
 * exec where privileges cannot be gained.
 */
const ENTRY = 'echo r >&4; read -r x <&3 || exit 97; exec 3<&- 4>&-; exec "$@"';

/** Starts a program as root of a new user namespace whose ids this process maps. */
export async function startInUserNamespace(
  backend: Backend,
  command: readonly string[],
  options: InsideOptions,
  program: (name: string) => string,
): Promise<ChildHandle> {
  const { maps } = backend;
  if (maps === undefined) throw new BuildError('INTERNAL', `${backend.name} without id maps`);
  const setpriv = program('setpriv');
  const unshare = program('unshare');
  // Becoming root clears the death signal, so it is set together with that. The only user of a namespace is root anyway.
  const ids = isSingle(maps) ? [] : ['--reuid', '0', '--regid', '0', '--clear-groups'];
  const asRoot = [setpriv, '--pdeathsig', 'KILL', ...ids, '--'];
  const [first = '', ...rest] = [
    ...dyingWithParent(setpriv),
    ...[unshare, '--user', '--keep-caps', '--', program('sh'), '-c', ENTRY, 'sh'],
    ...[...asRoot, ...withOwnMounts(unshare), ...command],
  ];
  const child = await spawnProcess(first, rest, {
    env: options.env,
    cwd: options.cwd,
    stdio: [...options.stdio, 'pipe', 'pipe'],
  });
  try {
    await awaitEntry(child);
    await mapIds(child.pid, maps, program);
  } catch (error) {
    child.kill();
    throw error;
  }
  const go = child.pipes[3] as Writable;
  go.on('error', () => undefined);
  go.end('go\n');
  return child;
}

/** Waits for the first message from inside; throws ISOLATION with what unshare(1) said instead. */
async function awaitEntry(child: ChildHandle): Promise<void> {
  const reports = child.pipes[4] as Readable;
  (child.pipes[3] as Writable).on('error', () => undefined);
  // Node throws away what nobody waits for when a child exits; a listener keeps the messages.
  const keep = (): void => undefined;
  child.stderr?.on('readable', keep);
  const entered = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), STEP_MS);
    reports.once('data', () => resolve(true));
    reports.on('error', () => undefined);
    void child.exited.then(() => resolve(false)).finally(() => clearTimeout(timer));
    reports.once('data', () => clearTimeout(timer));
  });
  child.stderr?.off('readable', keep);
  if (entered) return;
  child.kill();
  const said = child.stderr === null ? '' : (await text(child.stderr)).trim();
  throw new BuildError('ISOLATION', said || 'no user namespace could be made');
}

/** Root may write any map itself, others that of their own id; for ranges lent in /etc/subuid there are setuid programs. */
async function mapIds(pid: number, maps: IdMaps, program: (name: string) => string): Promise<void> {
  const { users, groups } = maps;
  if (process.geteuid?.() === 0 || isSingle(maps)) {
    // Without privileges a group may only be mapped where nobody can leave theirs (user_namespaces(7)).
    if (isSingle(maps)) write(`/proc/${pid}/setgroups`, 'deny');
    write(`/proc/${pid}/uid_map`, idMapLines(users));
    write(`/proc/${pid}/gid_map`, idMapLines(groups));
    return;
  }
  await callMapper(program('newuidmap'), pid, users);
  await callMapper(program('newgidmap'), pid, groups);
}

function isSingle({ users }: IdMaps): boolean {
  return users.length === 1 && users[0]?.count === 1;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new BuildError('ISOLATION', `writing ${file} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function callMapper(mapper: string, pid: number, map: readonly IdRange[]): Promise<void> {
  const words = idMapLines(map).trim().split(/\s+/);
  const result = await run(mapper, [`${pid}`, ...words], { timeoutMs: STEP_MS });
  if (result.status === 0) return;
  const said = result.stderr.trim() || result.errorCode || `status ${result.status}`;
  throw new BuildError('ISOLATION', said.includes('map') ? said : `${mapper}: ${said}`);
}
