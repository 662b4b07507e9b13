import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execute, succeed } from '../e2e/execute.ts';
import { BASE_NAMES } from './bases.ts';
import type { ImageBuilder } from './builders.ts';
import { flagsOf } from './cases.ts';
import { dockerPrograms } from './docker-programs.ts';

export interface BuildKit extends ImageBuilder {
  stop(): Promise<void>;
}

/** Everything dies with the first process of its namespaces; nothing of the machine's /run is seen. */
const NAMESPACES = ['--mount', '--propagation', 'private', '--net', '--pid', '--ipc', '--uts'];
const LIFE = ['--fork', '--kill-child', '--mount-proc'];
const START = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec dockerd "$@"';

const NO_PROVENANCE = ['--provenance=false', '--sbom=false'];

/**
 * Starts a dockerd of our own on a socket in a fresh directory and gives it the base images. Throws with what it said
 * where it does not start. No other docker is ever talked to.
 */
export async function startBuildKit(bases: string): Promise<BuildKit> {
  const programs = await dockerPrograms();
  const directory = mkdtempSync(join(tmpdir(), 'tskd-'));
  const socket = `unix://${directory}/docker.sock`;
  mkdirSync(join(directory, 'client/cli-plugins'), { recursive: true });
  symlinkSync(programs.buildx, join(directory, 'client/cli-plugins/docker-buildx'));
  const env = {
    PATH: programs.path,
    HOME: directory,
    DOCKER_HOST: socket,
    DOCKER_CONFIG: join(directory, 'client'),
    BUILDX_GIT_INFO: 'false',
  };
  const daemon = startDaemon(directory, socket, env);
  const stop = (): Promise<void> => stopDaemon(daemon, directory);
  try {
    const name = await untilReady(daemon, directory, env);
    for (const base of BASE_NAMES) await load(join(bases, base), base, directory, env);
    return {
      name,
      build: async (it, context, output) => {
        const exporter = ['--output', `type=oci,tar=false,dest=${output}`];
        const words = [
          'buildx',
          'build',
          '--progress=plain',
          '--no-cache',
          '--network=host',
          ...NO_PROVENANCE,
          ...exporter,
        ];
        const { status, stderr } = await execute('docker', [...words, ...flagsOf(it, context), context], {
          env,
        });
        return status === 0 ? { layout: output } : { failure: stderr };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startDaemon(directory: string, socket: string, env: Record<string, string>): ChildProcess {
  const config = join(directory, 'daemon.json');
  writeFileSync(config, JSON.stringify({ features: { 'containerd-snapshotter': true } }));
  const words = [
    ...['--config-file', config, '--host', socket, '--pidfile', join(directory, 'pid')],
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--userland-proxy=false'],
  ];
  const log = openSync(join(directory, 'log'), 'w');
  const command = ['sh', '-c', START, 'sh', ...words];
  return spawn('unshare', [...NAMESPACES, ...LIFE, ...command], { env, stdio: ['ignore', log, log] });
}

async function untilReady(
  daemon: ChildProcess,
  directory: string,
  env: Record<string, string>,
): Promise<string> {
  for (let tries = 0; tries < 600 && daemon.exitCode === null; tries++) {
    const format = ['--format', '{{.Server.Version}}'];
    const { status, stdout } = await execute('docker', ['version', ...format], { env });
    if (status === 0) return `BuildKit of Docker ${stdout.trim()}`;
    await delay(100);
  }
  throw new Error(`dockerd does not start:\n${readFileSync(join(directory, 'log'), 'utf8')}`);
}

async function load(
  layout: string,
  name: string,
  directory: string,
  env: Record<string, string>,
): Promise<void> {
  const archive = join(directory, 'base.tar');
  const from = ['--insecure-policy', 'copy', '--quiet', `oci:${layout}:latest`];
  await succeed('skopeo', [...from, `docker-archive:${archive}:${name}:latest`]);
  await succeed('docker', ['load', '--quiet', '--input', archive], { env });
  rmSync(archive);
}

async function stopDaemon(daemon: ChildProcess, directory: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await ended;
  }
  rmSync(directory, { recursive: true, maxRetries: 10, retryDelay: 200 });
}
