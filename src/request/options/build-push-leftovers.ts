import { type OptionSpec } from './option.ts';

/** Values that ask for no attestation. */
const NONE = ['false', 'False', 'FALSE', 'none', '0'];

/** Inputs of docker/build-push-action that ask for nothing here. */
export const BUILD_PUSH_NO_OPS = [
  input('builder', 'text', 'ignored', 'Instance of buildx', 'there is no buildx'),
  input('pull', 'flag', 'ignored', 'Always look base images up', 'they are always looked up', ['', 'false']),
  input(
    'cgroup-parent',
    'text',
    'warned',
    'Parent of the cgroup of RUN',
    'RUN stays in the cgroup of this job',
  ),
] as const satisfies readonly OptionSpec[];

/** Inputs of docker/build-push-action that are not done here: each is refused by its name. */
export const BUILD_PUSH_REFUSED = [
  input(
    'allow',
    'list',
    'refused',
    'Entitlements such as security.insecure',
    'RUN has the network of this job anyway',
    ['network.host'],
  ),
  {
    ...input('attests', 'list', 'refused', 'Attestations', 'attest the digest in a step of its own', [
      ...NONE,
      'type=provenance,disabled=true',
      'type=sbom,disabled=true',
    ]),
    input: { name: 'attests', kind: 'list', ignoreComma: true },
  },
  input(
    'load',
    'flag',
    'refused',
    'Load the image into docker',
    'there is no daemon; write the image to a file with tar-path, then run docker load -i with it',
    ['false'],
  ),
  input(
    'provenance',
    'text',
    'refused',
    'Provenance attestation',
    'use actions/attest-build-provenance with the digest output',
    NONE,
  ),
  input('sbom', 'text', 'refused', 'SBOM attestation', 'scan the image in a step of its own', NONE),
] as const satisfies readonly OptionSpec[];

function input<
  N extends string,
  K extends 'flag' | 'text' | 'list',
  T extends 'ignored' | 'warned' | 'refused',
>(name: N, kind: K, treatment: T, about: string, note: string, inert: readonly string[] = []) {
  return { about, treatment, note, inert, input: { name, kind } } as const;
}
