import { readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { statFields } from '../../process/index.ts';
import { BACKEND_NAMES, type BackendName } from '../backend/backend.ts';

const NAME = '.owner';

/** Who made a scratch directory. */
const OwnerMark = z.object({
  pid: z.number().int(),
  /** When that process started, in the kernel's ticks: process numbers are given again. */
  started: z.string(),
  /** The kernel's name for the time since this machine started. */
  boot: z.string(),
  /** What process numbers are numbers in. */
  processes: z.string(),
  /** Whose ids files in there may belong to. */
  backend: z.enum(BACKEND_NAMES as [BackendName, ...BackendName[]]).optional(),
});
export type OwnerMark = z.infer<typeof OwnerMark>;

/** Marks a directory as this process's. */
export function writeOwner(directory: string, backend: BackendName | undefined): void {
  const mark: OwnerMark = {
    ...{ pid: process.pid, started: startOf(process.pid) ?? '', boot: bootId() },
    ...{ processes: processNamespace(), ...(backend !== undefined && { backend }) },
  };
  const written = join(directory, `${NAME}.new`);
  writeFileSync(written, JSON.stringify(mark));
  renameSync(written, join(directory, NAME));
}

/** This process in few letters, for the name of a directory that has no mark yet. */
export function ownIdentity(): string {
  const [namespace = ''] = /[0-9]+/.exec(processNamespace()) ?? [];
  return `${process.pid}-${startOf(process.pid) ?? ''}-${namespace}`;
}

/** Whether the process of such letters is there; undefined where that cannot be told here. */
export function identityLives(identity: string): boolean | undefined {
  const [pid, started, namespace] = identity.split('-');
  if (namespace !== ownIdentity().split('-')[2]) return undefined;
  return startOf(Number(pid)) === started;
}

/** The mark of a directory; undefined where there is none that can be read. */
export function readOwner(directory: string): OwnerMark | undefined {
  try {
    return OwnerMark.parse(JSON.parse(readFileSync(join(directory, NAME), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether the process that made a directory is there; undefined where its number says nothing here. */
export function ownerLives({ pid, started, boot, processes }: OwnerMark): boolean | undefined {
  if (boot !== bootId() || processes !== processNamespace()) return undefined;
  return startOf(pid) === started;
}

/** Whether a mark was made since this machine, and no other, was started. */
export function isOfThisBoot({ boot }: OwnerMark): boolean {
  return boot === bootId();
}

function startOf(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
