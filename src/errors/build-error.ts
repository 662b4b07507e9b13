/** Every failure a user can meet, as a closed union: exit codes and remedies hang on it. */
export type ErrorCode =
  | 'USAGE' // bad flag, input or option value
  | 'UNSUPPORTED' // valid elsewhere, not (yet) done here; never silently ignored
  | 'DOCKERFILE_SYNTAX'
  | 'DOCKERFILE_SEMANTICS'
  | 'CONTEXT' // build context unreadable, source missing, escape attempt
  | 'REFERENCE' // malformed image reference
  | 'REGISTRY' // protocol failure other than the next three
  | 'REGISTRY_AUTH' // 401/403
  | 'REGISTRY_NOT_FOUND' // 404
  | 'NETWORK' // unreachable, TLS, time-out
  | 'CONTENT' // size or digest does not match
  | 'ARCHIVE' // hostile or damaged tar
  | 'IMAGE' // manifest or config makes no sense
  | 'ISOLATION' // no way to execute RUN on this machine
  | 'RUN_FAILED' // a RUN exited non-zero
  | 'FILESYSTEM' // local I/O: full disk, permissions
  | 'CANCELLED'
  | 'INTERNAL';

/** A half-open range of 1-based lines and columns in a named text. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** The lines around the place, marked; ready to print. */
  readonly excerpt?: string;
}

export interface BuildErrorFields {
  /** What the user can do about it, one sentence. */
  readonly hint?: string | undefined;
  readonly location?: SourceLocation | undefined;
  /** Exit status of the RUN that failed, where code is RUN_FAILED. */
  readonly exitStatus?: number | undefined;
  readonly cause?: unknown;
}

/** The one error type that crosses module borders. Messages carry no secrets (see redact). */
export class BuildError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: SourceLocation | undefined;
  readonly exitStatus: number | undefined;

  constructor(code: ErrorCode, message: string, fields: BuildErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'BuildError';
    this.code = code;
    this.hint = fields.hint;
    this.location = fields.location;
    this.exitStatus = fields.exitStatus;
  }
}

/** The same error with a location added, where it had none; non-BuildErrors are wrapped as INTERNAL. */
export function withLocation(error: unknown, location: SourceLocation): BuildError {
  const base = toBuildError(error);
  if (base.location !== undefined) return base;
  return new BuildError(base.code, base.message, {
    hint: base.hint,
    exitStatus: base.exitStatus,
    location,
    cause: base.cause ?? base,
  });
}

const FILESYSTEM_CODES = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'ENOENT',
  'EIO',
  'EMFILE',
  'ENOTDIR',
  'ENAMETOOLONG',
  'ELOOP',
  'EEXIST',
  'EISDIR',
  'EPIPE',
]);

/** Any thrown value as a BuildError; operating system errors become FILESYSTEM with their own text. */
export function toBuildError(error: unknown): BuildError {
  if (error instanceof BuildError) return error;
  if (error instanceof Error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (error.name === 'AbortError')
      return new BuildError('CANCELLED', 'the build was cancelled', { cause: error });
    if (code !== undefined && FILESYSTEM_CODES.has(code)) {
      const hint =
        code === 'ENOSPC' || code === 'EDQUOT'
          ? 'free space on that file system, or name a larger one by --scratch-dir (input scratch-dir)'
          : undefined;
      return new BuildError('FILESYSTEM', error.message, { cause: error, hint });
    }
    return new BuildError('INTERNAL', error.message, { cause: error });
  }
  return new BuildError('INTERNAL', String(error));
}

/** Proof to the compiler that a union was handled whole. */
export function assertNever(value: never): never {
  throw new BuildError('INTERNAL', `unhandled case: ${JSON.stringify(value)}`);
}
