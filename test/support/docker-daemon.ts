import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dockerPrograms } from './differential/docker-programs.ts';
import { execute } from './e2e/execute.ts';

export interface DockerDaemon {
  /** What a command begins with that has the network of the daemon. */
  readonly enter: readonly string[];
  readonly version: string;
  /** The environment in which `docker` talks to it. */
  readonly env: Readonly<Record<string, string>>;
  /** For files of whoever uses it; gone with it. */
  readonly directory: string;
  stop(): Promise<void>;
}

export interface DaemonOptions {
  /** `none`: a network of its own with nothing but itself; `host`: registries of this machine can be reached. */
  readonly network: 'none' | 'host';
}

/** Everything dies with the first process of its namespaces; nothing of the machine's /run is seen. */
const NAMESPACES = ['--mount', '--propagation', 'private', '--pid', '--ipc', '--uts'];
const LIFE = ['--fork', '--kill-child', '--mount-proc'];
const START = 'mount -t tmpfs tmpfs /run && exec dockerd "$@"';
const START_ALONE = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec dockerd "$@"';

/**
 * Starts a dockerd of our own on a socket in a fresh directory. Throws with what it said where it does not start. No other
 * docker is ever talked to, and it changes nothing of the machine's network.
 */
export async function startDockerDaemon({ network }: DaemonOptions): Promise<DockerDaemon> {
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
  const daemon = start(directory, socket, env, network);
  const stop = (): Promise<void> => stopDaemon(daemon, directory);
  try {
    const enter = ['nsenter', `--net=/proc/${daemon.pid}/ns/net`];
    return { version: await untilReady(daemon, directory, env), env, directory, enter, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function start(
  directory: string,
  socket: string,
  env: Record<string, string>,
  network: DaemonOptions['network'],
): ChildProcess {
  const config = join(directory, 'daemon.json');
  writeFileSync(config, JSON.stringify({ features: { 'containerd-snapshotter': true } }));
  const words = [
    ...['--config-file', config, '--host', socket, '--pidfile', join(directory, 'pid')],
    ...['--data-root', join(directory, 'data'), '--exec-root', join(directory, 'exec')],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--userland-proxy=false'],
    '--ip-forward=false',
  ];
  const log = openSync(join(directory, 'log'), 'w');
  const command = ['sh', '-c', network === 'none' ? START_ALONE : START, 'sh', ...words];
  const spaces = network === 'none' ? [...NAMESPACES, '--net'] : NAMESPACES;
  return spawn('unshare', [...spaces, ...LIFE, ...command], { env, stdio: ['ignore', log, log] });
}

async function untilReady(
  daemon: ChildProcess,
  directory: string,
  env: Record<string, string>,
): Promise<string> {
  for (let tries = 0; tries < 600 && daemon.exitCode === null; tries++) {
    const format = ['--format', '{{.Server.Version}}'];
    const { status, stdout } = await execute('docker', ['version', ...format], { env });
    if (status === 0) return stdout.trim();
    await delay(100);
  }
  throw new Error(`dockerd does not start:\n${readFileSync(join(directory, 'log'), 'utf8')}`);
}

async function stopDaemon(daemon: ChildProcess, directory: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await ended;
  }
  rmSync(directory, { recursive: true, maxRetries: 10, retryDelay: 200 });
}
