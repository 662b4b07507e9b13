/** What can go wrong, as data: codes, locations, hints. Turning an error into text or an exit code is the fronts' work. */
export { BuildError, assertNever, toBuildError, withLocation } from './build-error.ts';
export type { BuildErrorFields, ErrorCode, SourceLocation } from './build-error.ts';
export { redact } from './redact.ts';
