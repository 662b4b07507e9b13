import { type OptionSpec } from './option.ts';

/** How registries are reached. */
export const REGISTRY_OPTIONS = [
  {
    about: 'Registry the credentials are for; docker.io where it is not given',
    treatment: 'works',
    input: { name: 'registry', kind: 'text' },
  },
  {
    about: 'User name for the registry',
    treatment: 'works',
    input: { name: 'username', kind: 'text' },
  },
  {
    about: 'Password or token for the registry',
    treatment: 'works',
    input: { name: 'password', kind: 'text' },
    note: 'masked in the log, written to no file',
  },
  {
    about: 'Credentials of several registries: a YAML list of registry, username and password',
    treatment: 'works',
    input: { name: 'registry-auth', kind: 'text' },
    note: 'the syntax of docker/login-action, without scope and ecr',
  },
  {
    about: 'Mirror of docker.io, tried before it: host[:port][/path]',
    treatment: 'works',
    flag: { name: 'registry-mirror', kind: 'list', value: 'host' },
    input: { name: 'registry-mirror', kind: 'list' },
    note: 'environment: KANIKO_REGISTRY_MIRROR, separated by commas, after those of the flag',
  },
  {
    about: 'Registries to try in place of another before it: original=replacement;original=replacement',
    treatment: 'works',
    flag: { name: 'registry-map', kind: 'list', value: 'a=b;c=d' },
    input: { name: 'registry-map', kind: 'list', ignoreComma: true },
    note: 'environment: KANIKO_REGISTRY_MAP, after those of the flag',
  },
  {
    about: 'Push by plain HTTP',
    treatment: 'works',
    flag: { name: 'insecure', kind: 'flag' },
    input: { name: 'insecure', kind: 'flag', initial: 'false' },
  },
  {
    about: 'Pull by plain HTTP',
    treatment: 'works',
    flag: { name: 'insecure-pull', kind: 'flag' },
    input: { name: 'insecure-pull', kind: 'flag', initial: 'false' },
  },
  {
    about: 'Registry reached by plain HTTP, push and pull: host[:port]',
    treatment: 'works',
    flag: { name: 'insecure-registry', kind: 'list', value: 'host' },
    input: { name: 'insecure-registry', kind: 'list' },
  },
  {
    about: 'Push without a check of the TLS certificate',
    treatment: 'works',
    flag: { name: 'skip-tls-verify', kind: 'flag' },
    input: { name: 'skip-tls-verify', kind: 'flag', initial: 'false' },
  },
  {
    about: 'Pull without a check of the TLS certificate',
    treatment: 'works',
    flag: { name: 'skip-tls-verify-pull', kind: 'flag' },
    input: { name: 'skip-tls-verify-pull', kind: 'flag', initial: 'false' },
  },
  {
    about: 'Registry whose TLS certificate is not checked: host[:port]',
    treatment: 'works',
    flag: { name: 'skip-tls-verify-registry', kind: 'list', value: 'host' },
    input: { name: 'skip-tls-verify-registry', kind: 'list' },
  },
] as const satisfies readonly OptionSpec[];
