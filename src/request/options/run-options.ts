import { type OptionSpec } from './option.ts';

/** What RUN gets. */
export const RUN_OPTIONS = [
  {
    about: 'Secret for RUN --mount=type=secret: id=name,src=file or id=name,env=variable',
    treatment: 'works',
    flag: { name: 'secret', kind: 'list', value: 'secret' },
    note: 'the id alone names a variable or else a file; values enter no layer, no history and no file',
  },
  {
    about: 'Secrets for RUN --mount=type=secret, name=value',
    treatment: 'works',
    input: { name: 'secrets', kind: 'list', ignoreComma: true, raw: true },
    note: 'masked in the log, written to no file',
  },
  {
    about: 'Secrets from environment variables, name=variable',
    treatment: 'works',
    input: { name: 'secret-envs', kind: 'list' },
  },
  {
    about: 'Secrets from files, name=path',
    treatment: 'works',
    input: { name: 'secret-files', kind: 'list', ignoreComma: true },
  },
  {
    about: 'Agent for RUN --mount=type=ssh: an id for that of SSH_AUTH_SOCK, id=socket, or id=key,key',
    treatment: 'works',
    flag: { name: 'ssh', kind: 'list', value: 'agent' },
    input: { name: 'ssh', kind: 'list' },
    note: 'private keys in files: RSA, ECDSA or Ed25519, not encrypted',
  },
  {
    about: 'Network of RUN: default, host or none',
    treatment: 'works',
    flag: { name: 'network', kind: 'text', value: 'network' },
    input: { name: 'network', kind: 'text' },
    note: 'default and host are both the network of this machine; RUN --network wins',
  },
  {
    about: 'Name and address RUN finds in /etc/hosts, name=address',
    treatment: 'works',
    flag: { name: 'add-host', kind: 'list', value: 'name=address' },
    input: { name: 'add-hosts', kind: 'list' },
    note: 'host-gateway is this machine',
  },
  {
    about: 'Size of /dev/shm in RUN, such as 128m',
    treatment: 'works',
    flag: { name: 'shm-size', kind: 'text', value: 'size' },
    input: { name: 'shm-size', kind: 'text' },
    note: '64m where it is not given',
  },
  {
    about: 'Limit of RUN, name=soft:hard, such as nofile=1024:2048',
    treatment: 'works',
    flag: { name: 'ulimit', kind: 'list', value: 'limit' },
    input: { name: 'ulimit', kind: 'list', ignoreComma: true },
    note: 'only root of the machine can raise a hard limit',
  },
  {
    about: 'Directory where caches of RUN --mount=type=cache stay for the next build',
    treatment: 'works',
    flag: { name: 'cache-mounts-dir', kind: 'text', value: 'dir' },
    input: { name: 'cache-mounts-dir', kind: 'text' },
    note: 'without it caches last as long as the build; its files belong to the users of RUN, and builds at the same time do not wait for each other there',
  },
] as const satisfies readonly OptionSpec[];
