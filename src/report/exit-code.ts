import { toBuildError, type ErrorCode } from '../errors/index.ts';

/**
 * Exit status by kind of failure; where sysexits.h has a fitting number it is used, as those are seldom the status of
 * a RUN. RUN_FAILED and CANCELLED have their own rules, see exitCode.
 */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  USAGE: 64,
  DOCKERFILE_SYNTAX: 65,
  DOCKERFILE_SEMANTICS: 65,
  REFERENCE: 65,
  ARCHIVE: 65,
  IMAGE: 65,
  CONTEXT: 66,
  REGISTRY_NOT_FOUND: 66,
  UNSUPPORTED: 69,
  INTERNAL: 70,
  ISOLATION: 71,
  FILESYSTEM: 74,
  NETWORK: 75,
  REGISTRY: 76,
  CONTENT: 76,
  REGISTRY_AUTH: 77,
  CANCELLED: 130,
  RUN_FAILED: 1,
};

/** The shell's status for a process ended by this signal. */
export function signalExitCode(signal: unknown): number {
  return signal === 'SIGTERM' ? 143 : EXIT_CODES.CANCELLED;
}

/**
 * The exit status for a thrown value: RUN's own where a RUN failed (1 to 255), 130 or 143 after SIGINT or SIGTERM, else
 * EXIT_CODES. `signal` is the name of the signal that was received, if one was.
 */
export function exitCode(error: unknown, signal?: unknown): number {
  const { code, exitStatus } = toBuildError(error);
  if (code === 'CANCELLED') return signalExitCode(signal);
  if (code === 'RUN_FAILED' && exitStatus !== undefined && exitStatus >= 1 && exitStatus <= 255)
    return exitStatus;
  return EXIT_CODES[code];
}
