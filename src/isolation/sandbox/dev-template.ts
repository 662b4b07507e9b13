import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { BuildError } from '../../errors/index.ts';
import { DEVICES } from './mount-table.ts';
import type { SandboxSpec } from './sandbox-spec.ts';

/** Makes a directory with what a fresh /dev holds besides device nodes: links, empty mount points, and the script of a RUN. */
export function makeDevTemplate(directory: string, ownDevices: boolean, script: SandboxSpec['script']): void {
  mkdirSync(directory, { mode: 0o755 });
  for (const name of ['pts', 'shm', 'mqueue']) mkdirSync(`${directory}/${name}`);
  symlinkSync('/proc/self/fd', `${directory}/fd`);
  ['stdin', 'stdout', 'stderr'].forEach((name, fd) =>
    symlinkSync(`/proc/self/fd/${fd}`, `${directory}/${name}`),
  );
  symlinkSync('pts/ptmx', `${directory}/ptmx`);
  if (!ownDevices) for (const name of DEVICES) writeFileSync(`${directory}/${name}`, '');
  if (script !== undefined) addScript(directory, script);
}

/** A heredoc that names its own interpreter is started as a file, where BuildKit has it too. */
function addScript(devTemplate: string, script: NonNullable<SandboxSpec['script']>): void {
  if (script.name.includes('/') || script.name === '.' || script.name === '..') {
    throw new BuildError('UNSUPPORTED', `a heredoc named ${JSON.stringify(script.name)} cannot be a script`, {
      hint: 'give it a plain word as delimiter, such as EOF',
    });
  }
  mkdirSync(`${devTemplate}/pipes`);
  writeFileSync(`${devTemplate}/pipes/${script.name}`, script.content);
  chmodSync(`${devTemplate}/pipes/${script.name}`, 0o755);
}
