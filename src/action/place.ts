import { isAbsolute, relative, resolve } from 'node:path';
import { type SourceLocation } from '../errors/index.ts';
import { type Environment } from '../request/index.ts';
import { type Place } from './runner.ts';

/** Where an annotation goes: GitHub shows those in files of the workspace only, so undefined for others. */
export function placeOf(
  location: SourceLocation | undefined,
  env: Environment,
  cwd: string,
): Place | undefined {
  if (location === undefined) return undefined;
  const workspace = env['GITHUB_WORKSPACE'] ?? cwd;
  const file = relative(workspace, resolve(cwd, location.file));
  if (file === '' || file.startsWith('..') || isAbsolute(file)) return undefined;
  return { file, startLine: location.line, endLine: Math.max(location.line, location.endLine) };
}
