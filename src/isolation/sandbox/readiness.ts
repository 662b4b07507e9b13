import type { Readable } from 'node:stream';
import type { ChildHandle } from '../../process/index.ts';
import { READY } from './setup-script.ts';

/** More than a few lines of error text is not worth keeping. */
const MAX_TEXT = 16 * 1024;
const STRAY_MS = 1000;

/** Waits until the setup script reports on descriptor 3 that it is done, or ends without having done so. */
export async function awaitReady(
  child: ChildHandle,
): Promise<{ readonly ready: boolean; readonly messages: string }> {
  const reports = child.pipes[3] as Readable;
  let text = '';
  const ready = await new Promise<boolean>((resolve) => {
    reports.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString('utf8')).slice(-MAX_TEXT);
      if (text.endsWith(`${READY}\n`)) resolve(true);
    });
    reports.on('error', () => resolve(false));
    reports.once('close', () => resolve(false));
    // What was written last still arrives after the exit; only a stray holder of the pipe keeps it open longer.
    void child.exited.then(() => setTimeout(() => reports.destroy(), STRAY_MS).unref());
  });
  return { ready, messages: text };
}
