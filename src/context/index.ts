/** Where the build reads from: the context directory with its ignore rules, the Dockerfile, archives to unpack. */
export { isArchive } from './archive/is-archive.ts';
export { readContent } from './archive/read-content.ts';
export { openDirectoryContext } from './directory-context.ts';
export type { BuildContext } from './directory-context.ts';
export { downloadFile } from './download.ts';
export type { Download, DownloadRequest } from './download.ts';
export { goMatch } from './go-match.ts';
export { parseIgnoreFile } from './ignore-file.ts';
export type { IgnoreLine } from './ignore-file.ts';
export { locateDockerfile, readDockerfile } from './locate-dockerfile.ts';
export type { DockerfileRequest } from './locate-dockerfile.ts';
export { createMatcher } from './matcher.ts';
export type { Matcher, MatchState } from './matcher.ts';
