import type { BytePath } from '../bytes/index.ts';
import type { SourceLocation } from '../errors/index.ts';
import type { OnUnknownName, RootView } from '../rootfs/index.ts';
import type { ContentSource } from '../tar/index.ts';

/** A file that does not come out of a tree: a heredoc or a download. */
export interface LiteralFile {
  /** Its name, used where the destination is a directory. */
  readonly name: string;
  readonly mode: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly size: number;
  readonly content: ContentSource;
}

/** A COPY, or the part of an ADD that works like one. */
export interface CopyRequest {
  /** The build context, or the tree of the stage or image named by `--from`. */
  readonly source: RootView;
  /** Source paths, variables replaced; heredocs and URLs are not among them. */
  readonly sources: readonly string[];
  /** Heredocs and downloads, copied after the sources. */
  readonly files?: readonly LiteralFile[] | undefined;
  /** As written, variables replaced; a trailing slash matters. */
  readonly destination: string;
  /** Absolute. */
  readonly workdir: string;
  /** The tree of the stage as it is before this instruction. */
  readonly target: RootView;
  /** `--chown`. */
  readonly owner?: string | undefined;
  readonly onUnknownOwner?: OnUnknownName | undefined;
  /** `--chmod`, octal or symbolic. */
  readonly chmod?: string | undefined;
  readonly parents?: boolean | undefined;
  /** `--exclude` patterns. */
  readonly excludes?: readonly string[] | undefined;
  /** `--link`: the destination's own tree is not looked at, so links in it are not followed. */
  readonly link?: boolean | undefined;
  /** True where the source is the build context. */
  readonly isContext: boolean;
  /** Whether the ignore rules hide a path of the context; sharpens the error of a missing source. */
  readonly isIgnored?: ((path: BytePath) => boolean) | undefined;
  /** Seconds since the epoch: time of the directories that have to be made on the way. */
  readonly now: number;
  readonly location?: SourceLocation | undefined;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}
