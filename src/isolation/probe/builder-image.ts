import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { fromText, toText } from '../../bytes/index.ts';
import { foreignPaths, KeptPaths } from '../../rootfs/index.ts';
import { parseMountInfo } from '../mount-info.ts';

/** Where the builder's image has everything that is its own. */
export const BUILDER_DIRECTORY = '/kaniko';
/** Put there by the image's own Dockerfile, with the files outside the directory as lines; the variable is set by its config, so that copied files prove nothing. */
const MARK = `${BUILDER_DIRECTORY}/.ts-kaniko-image`;
const MARK_VARIABLE = 'TS_KANIKO_IMAGE';

/** Files that container engines put into every container. */
const ENGINE_FILES = [
  ...['/.dockerenv', '/run/.containerenv', '/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/etc/mtab'],
];
/** Of the image's debug variant. */
const SHELL_DIRECTORY = '/busybox';

/** What the container around us is to us. */
export interface OwnContainer {
  /** Whether it is a container at all: it has process numbers of its own. */
  readonly hasOwnProcesses: boolean;
  /** Whether this very program lies in the builder's directory. */
  readonly runsFromImage: boolean;
  /** Whether the image is marked as the builder's own. */
  readonly isMarked: boolean;
  /** What is in the root besides the builder and mounts: at most a few of it. */
  readonly foreign: readonly string[];
  /** Whether a build lies in the root just now, or was killed while one did. */
  readonly isOccupied: boolean;
}

/** The kernel gives the first process namespace this fixed inode (PROC_PID_INIT_INO). */
const FIRST_PROCESSES = 'pid:[4026531836]';
const FEW = 5;

/** Looks at the container's root, without changing anything. */
export function ownContainer(
  env: Readonly<Record<string, string | undefined>>,
  program: string,
): OwnContainer {
  const runsFromImage = program.startsWith(`${BUILDER_DIRECTORY}/`);
  return {
    hasOwnProcesses: hasOwnProcesses(),
    runsFromImage,
    isMarked: existsSync(MARK) && (env[MARK_VARIABLE] ?? '') !== '',
    foreign: runsFromImage && existsSync(MARK) ? foreign() : [],
    isOccupied: existsSync(JOURNAL),
  };
}

/** The file that is there while a tree of a build lies in the root. */
export const JOURNAL = `${BUILDER_DIRECTORY}/.root-in-use`;

/** Absolute paths that stay where they are in a root that is taken over: mounts, the builder, what an engine put there. */
export function keptInRoot(): string[] {
  return [...fixedInRoot(), ...ENGINE_FILES.filter((path) => existsSync(path))];
}

/** Those that no RUN can have made. */
function fixedInRoot(): string[] {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  return [...mounts.map(({ mountPoint }) => mountPoint), BUILDER_DIRECTORY, SHELL_DIRECTORY];
}

/** A container's root that a build may work in, or may have been killed in. */
export interface RootToTakeOver {
  /** Trees lie in there. */
  readonly builderDirectory: string;
  /** Absolute paths that stay in it, whatever was built. */
  readonly kept: readonly string[];
  readonly journal: string;
}

/** That of the container around us; undefined on a machine of its own, and where this is not the builder's image. */
export function rootToTakeOver(
  env: Readonly<Record<string, string | undefined>>,
): RootToTakeOver | undefined {
  const { hasOwnProcesses: isContainer, runsFromImage } = ownContainer(env, process.execPath);
  if (!isContainer || !runsFromImage || process.geteuid?.() !== 0) return undefined;
  return { builderDirectory: BUILDER_DIRECTORY, kept: fixedInRoot(), journal: JOURNAL };
}

/** Whether process numbers here are not those of the machine. False where that cannot be found out. */
export function hasOwnProcesses(): boolean {
  try {
    return readlinkSync('/proc/self/ns/pid') !== FIRST_PROCESSES;
  } catch {
    return false;
  }
}

function foreign(): string[] {
  const kept = new KeptPaths(keptInRoot().map(fromText));
  const ofImage = new Set(readFileSync(MARK, 'utf8').split('\n'));
  return foreignPaths(fromText('/'), kept)
    .map(toText)
    .filter((path) => !ofImage.has(path))
    .slice(0, FEW);
}
