import { mkdtempSync, realpathSync, renameSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fromText } from '../../bytes/index.ts';
import { assertNever, BuildError, redact } from '../../errors/index.ts';
import type { ContextSpec, GitSource } from '../../request/index.ts';
import { isArchive } from '../archive/is-archive.ts';
import { readContent } from '../archive/read-content.ts';
import { unpackContext } from '../archive/unpack-context.ts';
import { downloadFile } from '../download.ts';
import { fetchGit } from '../git/fetch-git.ts';
import { saveStream } from './save-stream.ts';
import type { SourceTools } from './source-tools.ts';

/** A download that is no archive has this name in its context, as in BuildKit. */
const PLAIN_NAME = 'context';
/** More than any context that is worth sending. */
const LARGEST_ARCHIVE = 32 * 2 ** 30;

/** A context on this machine. */
export interface FetchedContext {
  /** Absolute. */
  readonly path: string;
  /** The Dockerfile, where the source is nothing else. */
  readonly dockerfile?: string | undefined;
  /** When its content was made, in seconds since 1970, where the source says so. */
  readonly time?: number | undefined;
}

/**
 * Brings a build context onto this machine. Directories stay where they are. Throws CONTEXT, ARCHIVE, NETWORK and CONTENT
 * for what cannot be had, USAGE where standard input is asked for and there is none.
 */
export async function fetchContext(spec: ContextSpec, tools: SourceTools): Promise<FetchedContext> {
  switch (spec.kind) {
    case 'directory':
      return { path: spec.path };
    case 'archive':
      return { path: await unpackFile(spec.path, spec.path, tools) };
    case 'stdin':
      return fromStandardInput(spec.orDockerfile, tools);
    case 'git':
      return fetchRepository(withOptions(spec.source, tools), tools);
    case 'url':
      return fromUrl(spec.url, spec.checksum, tools);
    default:
      return assertNever(spec);
  }
}

/** A named context: as the main one, but a download stays a file, whatever it is, as in BuildKit. */
export async function fetchNamedContext(spec: ContextSpec, tools: SourceTools): Promise<FetchedContext> {
  if (spec.kind === 'git') return fetchRepository(spec.source, tools);
  if (spec.kind !== 'url') return fetchContext(spec, tools);
  return { path: directoryOf(await download(spec.url, spec.checksum, tools), tools) };
}

async function fetchRepository(source: GitSource, tools: SourceTools): Promise<FetchedContext> {
  const { env, credentials, directory, git, signal } = tools;
  tools.say(`fetching ${source.remote}${source.ref === undefined ? '' : ` (${source.ref})`}`);
  const { path, commit, committedAt } = await fetchGit({
    source,
    directory,
    env,
    credentials,
    depth: git.depth,
    skipTlsVerify: git.skipTlsVerify,
    signal,
  });
  tools.say(`${source.remote} is at commit ${commit}`);
  return { path, time: committedAt };
}

function withOptions(source: GitSource, { git }: SourceTools): GitSource {
  const ref = source.ref ?? (git.branch === undefined ? undefined : `refs/heads/${git.branch}`);
  return { ...source, ref, submodules: source.submodules ?? git.submodules };
}

async function unpackFile(path: string, name: string, { directory, signal }: SourceTools): Promise<string> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new BuildError('CONTEXT', `the build context ${JSON.stringify(name)} is no file`, {
      hint: 'give the archive after tar://',
    });
  const content = { kind: 'file', path: fromText(realpathSync(path)) } as const;
  if (!(await isArchive(content, signal)))
    throw new BuildError('CONTEXT', `the build context ${name} is no tar archive`, {
      hint: 'tar archives are taken plain or compressed by gzip, bzip2, xz or zstd',
    });
  return unpackContext({ name, chunks: readContent(content, signal) }, directory);
}

async function fromStandardInput(orDockerfile: boolean, tools: SourceTools): Promise<FetchedContext> {
  const { stdin, directory, signal } = tools;
  const file = await saveStream(stdin, { directory, limitBytes: LARGEST_ARCHIVE, signal });
  const content = { kind: 'file', path: fromText(file) } as const;
  if (!orDockerfile || (await isArchive(content, signal)))
    return { path: await unpackFile(file, 'from standard input', tools) };
  return { path: mkdtempSync(join(directory, 'empty-')), dockerfile: file };
}

async function fromUrl(
  url: string,
  checksum: string | undefined,
  tools: SourceTools,
): Promise<FetchedContext> {
  const file = await download(url, checksum, tools);
  if (await isArchive({ kind: 'file', path: fromText(file.path) }, tools.signal))
    return { path: await unpackFile(file.path, redact(url), tools), time: file.lastModified };
  const path = directoryOf(file, tools);
  return { path, dockerfile: join(path, PLAIN_NAME), time: file.lastModified };
}

async function download(
  url: string,
  checksum: string | undefined,
  { http, directory, signal, say }: SourceTools,
): Promise<{ readonly path: string; readonly lastModified?: number | undefined }> {
  say(`downloading ${redact(url)}`);
  return downloadFile(http, { url, checksum, directory, limitBytes: LARGEST_ARCHIVE, signal });
}

/** A directory that holds nothing but a download, dated as the server says, else 1970. */
function directoryOf(
  file: { readonly path: string; readonly lastModified?: number | undefined },
  { directory }: SourceTools,
): string {
  const home = mkdtempSync(join(directory, 'download-'));
  const path = join(home, PLAIN_NAME);
  renameSync(file.path, path);
  const time = file.lastModified ?? 0;
  utimesSync(path, time, time);
  return home;
}
