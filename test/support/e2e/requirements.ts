import { findProgram } from '../../../src/process/index.ts';

/** What tests of the whole program need of the machine. */
export interface Needs {
  readonly root?: boolean;
  readonly tools?: readonly string[];
}

/** Where an unprivileged PATH leaves out the programs of the system. */
export const TOOL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Why these tests cannot run here; undefined where they can. */
export function missing({ root = false, tools = [] }: Needs): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  if (root && process.getuid?.() !== 0) return 'not root';
  const absent = tools.filter((name) => findProgram(name, TOOL_PATH) === undefined);
  return absent.length === 0 ? undefined : `not installed: ${absent.join(', ')}`;
}

/** The title of tests, with the reason where they are skipped. */
export function titled(title: string, reason: string | undefined): string {
  return reason === undefined ? title : `${title} (skipped: ${reason})`;
}
