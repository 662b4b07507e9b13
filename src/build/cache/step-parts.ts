import { keyPart, type KeyPart, type PartValue } from '../../cache/index.ts';
import { addNameFromUrl } from '../../copy/index.ts';
import {
  isHttpSource,
  type CopyInstruction,
  type RunInstruction,
  type WordInstruction,
} from '../../dockerfile/index.ts';
import { formatPlatform } from '../../oci/index.ts';
import type { BuildSpec } from '../../request/index.ts';
import { withoutRoot } from './content-part.ts';
import { networkOf, programOf } from '../instructions/run.ts';
import type { MountRequest } from '../instructions/mounts/mount-request.ts';
import { resolveWorkdir, workdirOf, type StageState } from '../stage-state.ts';

/** To be raised when equal steps come to give other layers. */
const FORMAT = 1;

/** What every layer of a build depends on. */
export function layerPart(spec: BuildSpec): KeyPart {
  const { sourceDateEpoch, reproducible, ignorePaths, compression } = spec;
  const made = [compression?.kind, compression?.level];
  return keyPart('layer format', FORMAT, sourceDateEpoch, reproducible, ignorePaths, made);
}

/** A RUN: the program and all it can see that is not in the tree. Contents of secrets, agents and caches are not in it. */
export function runParts(
  instruction: RunInstruction,
  state: StageState,
  spec: BuildSpec,
  mounts: readonly KeyPart[],
): KeyPart[] {
  const { args, script } = programOf(instruction, state);
  const { extraHosts = [], limits = [], shmBytes } = spec.run ?? {};
  return [
    layerPart(spec),
    keyPart('command', 'RUN', args, script?.name, script?.content),
    // In the order in which the program finds them.
    ...[...state.env].map(([name, value]) => keyPart(`variable ${name}`, name, value)),
    keyPart('user', state.config.User || ''),
    keyPart('working directory', workdirOf(state)),
    keyPart('platform', formatPlatform(state.stage.platform)),
    keyPart('network', networkOf(instruction, spec), instruction.security),
    keyPart('hosts', ...extraHosts.map(({ host, address }) => [host, address])),
    keyPart('limits', shmBytes, ...limits.map(({ name, soft, hard }) => [name, soft, hard])),
    ...mounts,
  ];
}

/** A mount of RUN without what it is of: that is told by what stands behind its `from`. */
export function mountPart(request: MountRequest, index: number, from: string | undefined): KeyPart {
  const { from: _stage, ...said } = { from: undefined, ...request };
  const fields = Object.entries(said)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, value]);
  return keyPart(`mount ${index + 1}`, fields, from);
}

/** A COPY or ADD without the contents of its sources. */
export function copyParts(instruction: CopyInstruction, state: StageState, spec: BuildSpec): KeyPart[] {
  const { kind, sources, heredocs, destination, chown, chmod, parents, excludes, link } = instruction;
  const { unpack, keepGitDir, checksum } = instruction;
  return [
    layerPart(spec),
    keyPart(
      'command',
      kind,
      sources.map((source) => sourceName(source, kind)),
    ),
    keyPart('destination', destination, destination.startsWith('/') ? '' : workdirOf(state)),
    keyPart('flags', chown, chmod, parents, excludes, link, unpack, keepGitDir, checksum),
    ...heredocs.map(({ name, content }) => keyPart(`here-document ${name}`, name, content)),
  ];
}

/** WORKDIR: the directory and who will own it. */
export function workdirParts({ value }: WordInstruction, state: StageState, spec: BuildSpec): KeyPart[] {
  const path = resolveWorkdir(state.config.WorkingDir ?? '', value);
  return [layerPart(spec), keyPart('command', 'WORKDIR', path), keyPart('user', state.config.User || '')];
}

/** What a source is called; of a download only the name counts that its file gets, wherever it came from. */
function sourceName(source: string, kind: CopyInstruction['kind']): PartValue {
  return kind === 'add' && isHttpSource(source) ? ['download', addNameFromUrl(source)] : withoutRoot(source);
}
