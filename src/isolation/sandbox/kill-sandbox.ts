import { setTimeout as delay } from 'node:timers/promises';
import { descendantsOf, killTree, sendSignal, type ChildHandle } from '../../process/index.ts';

/** How long the kernel may take to end a process namespace before everything is killed one by one. */
const GRACE_MS = 500;

/**
 * Kills a sandbox and all in it. The first process of a process namespace goes first: its parent, which we wait for,
 * then ends only after the kernel has ended all others in there.
 */
export async function killSandbox(child: ChildHandle): Promise<void> {
  const [first] = descendantsOf(child.pid);
  if (first === undefined || !sendSignal(first, 'SIGKILL')) child.kill();
  await Promise.race([child.exited, delay(GRACE_MS, undefined, { ref: false })]);
  killTree(child.pid);
}
