/** The one options value of a build, and the grammars its text forms are written in. */
export { ISOLATION_CHOICES, SNAPSHOTTER_CHOICES } from './build-request.ts';
export type {
  BuildRequest,
  BuildSpec,
  ContextSpec,
  GivenCredential,
  IsolationChoice,
  OutputSpec,
  RegistryOptions,
  SnapshotterChoice,
} from './build-request.ts';
