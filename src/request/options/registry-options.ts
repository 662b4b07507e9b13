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
    about: 'Credentials of several registries: a YAML list of registry, username, password, scope and ecr',
    treatment: 'works',
    input: { name: 'registry-auth', kind: 'text' },
    note: 'the syntax of docker/login-action; all sources of credentials and their order: docs/credentials.md',
  },
  {
    about:
      'Built-in credential helper that is asked: env, google, ecr, acr, gitlab or github; none for none of them',
    treatment: 'works',
    flag: { name: 'credential-helpers', kind: 'list', value: 'name' },
    input: { name: 'credential-helpers', kind: 'list' },
    note: 'all where it is not given; helpers named in config.json are not meant',
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
  {
    about: 'CA certificates (PEM file) a registry is trusted by: host[:port]=file',
    treatment: 'works',
    flag: { name: 'registry-certificate', kind: 'list', value: 'host=file' },
    input: { name: 'registry-certificate', kind: 'list' },
    note: 'besides those of the machine, SSL_CERT_FILE, SSL_CERT_DIR, NODE_EXTRA_CA_CERTS and certs.d',
  },
  {
    about: 'Client certificate and key (PEM files) shown to a registry: host[:port]=certificate,key',
    treatment: 'works',
    flag: { name: 'registry-client-cert', kind: 'list', value: 'host=cert,key' },
    input: { name: 'registry-client-cert', kind: 'list', ignoreComma: true },
  },
  {
    about: 'Fail where no mirror or replacement has the image, in place of trying the original',
    treatment: 'works',
    flag: { name: 'skip-default-registry-fallback', kind: 'flag' },
    input: { name: 'skip-default-registry-fallback', kind: 'flag', initial: 'false' },
    note: 'without effect where an image has no mirror or replacement',
  },
  {
    about: 'Do not ask destinations for the permission to push before the build',
    treatment: 'works',
    flag: { name: 'skip-push-permission-check', kind: 'flag' },
    input: { name: 'skip-push-permission-check', kind: 'flag', initial: 'false' },
  },
  {
    about: 'Take the refusal of a tag that may not be changed for success, with a warning',
    treatment: 'works',
    flag: { name: 'push-ignore-immutable-tag-errors', kind: 'flag' },
    input: { name: 'push-ignore-immutable-tag-errors', kind: 'flag', initial: 'false' },
    note: 'a tag that has the same digest already is a success without it',
  },
  {
    about: 'How many times a part of a push that failed for a passing reason is tried again',
    treatment: 'works',
    flag: { name: 'push-retry', kind: 'text', value: 'n' },
    input: { name: 'push-retry', kind: 'text' },
    note: '4 where it is not given; waits grow from half a second, or are what the registry asks for',
  },
  {
    about:
      'How many times the download of a manifest or config that failed for a passing reason is tried again',
    treatment: 'works',
    flag: { name: 'image-download-retry', kind: 'text', value: 'n' },
    input: { name: 'image-download-retry', kind: 'text' },
    note: '4 where it is not given',
  },
  {
    about: 'How many times the download of a layer that failed for a passing reason is tried again',
    treatment: 'works',
    flag: { name: 'image-fs-extract-retry', kind: 'text', value: 'n' },
    input: { name: 'image-fs-extract-retry', kind: 'text' },
    note: '4 where it is not given; a download that broke off goes on where it broke',
  },
] as const satisfies readonly OptionSpec[];
