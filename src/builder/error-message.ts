import { BuildError, toBuildError, type ErrorCode } from '../errors/index.ts';
import type { ErrorMessage } from './messages.ts';

const DEEPEST_CAUSE = 4;

/** An error as a message: what a user is told of it, without its stack. */
export function toErrorMessage(error: unknown): ErrorMessage {
  const { code, message, hint, location, exitStatus, cause } = toBuildError(error);
  return { code, message, hint, location: location && { ...location }, exitStatus, causes: causesOf(cause) };
}

/** The error a message stands for. */
export function fromErrorMessage(message: ErrorMessage): BuildError {
  const { code, hint, location, exitStatus, causes } = message;
  const cause = causes.reduceRight<Error | undefined>(
    (inner, text) => new Error(text, inner === undefined ? undefined : { cause: inner }),
    undefined,
  );
  return new BuildError(code as ErrorCode, message.message, {
    hint,
    exitStatus,
    cause,
    location:
      location &&
      ({ ...location, ...(location.excerpt === undefined ? {} : { excerpt: location.excerpt }) } as never),
  });
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  for (let at = error; at instanceof Error && causes.length < DEEPEST_CAUSE; at = at.cause)
    causes.push(at.message);
  return causes;
}
