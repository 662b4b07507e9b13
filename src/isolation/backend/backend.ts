import type { IsolationChoice } from '../../request/index.ts';
import type { IdRange } from '../id-map.ts';
import type { ProotProgram } from '../proot/proot-program.ts';
import type { OneUser } from '../recorder/one-user-command.ts';

export type BackendName = Exclude<IsolationChoice, 'auto'>;

/** In order of preference. */
export const BACKEND_NAMES: readonly BackendName[] = [
  'mountns',
  'sudo',
  'userns-identity',
  'userns-full',
  'inplace',
  'userns-single',
  'proot',
  'none',
];

/** A way to become root over a file tree, and what it was seen to give on this machine. Plain data. */
export interface Backend {
  readonly name: BackendName;
  /** A new proc file system can be mounted, so a RUN has its own process numbers. */
  readonly ownProc: boolean;
  /** An overlay whose upper directory lies on the scratch works, renames of lower directories included. */
  readonly overlay: boolean;
  /** Overlays need the `userxattr` option here. */
  readonly userxattr: boolean;
  /** Files can be given to anybody; or all belong to one user, and owners are written down elsewhere. */
  readonly ownership: 'disk' | 'ledger';
  /** The ids of a user namespace; only with those whose names begin so. */
  readonly maps?: IdMaps | undefined;
  /** How the only user there is passes for others; only with `userns-single`. */
  readonly oneUser?: OneUser | undefined;
  /** The builder's directory in a container whose root RUN takes place in; only with `inplace`. */
  readonly builderDirectory?: string | undefined;
  /** Only with `proot`. */
  readonly proot?: ProotProgram | undefined;
}

export interface IdMaps {
  readonly users: readonly IdRange[];
  readonly groups: readonly IdRange[];
}

/** Builds without RUN need no more than this. */
export const NO_BACKEND: Backend = {
  name: 'none',
  ownProc: false,
  overlay: false,
  userxattr: false,
  ownership: 'disk',
};
