import { describe, expect, it } from 'vitest';
import { FLAG_OPTIONS, INPUT_OPTIONS } from '../../../src/request/index.ts';

/** kaniko executor's flags, as its documentation lists them. */
const KANIKO =
  `annotation bucket build-arg cache cache-copy-layers cache-dir cache-repo cache-run-layers cache-ttl cleanup
  compressed-caching compression compression-level context context-sub-path credential-helpers custom-platform destination
  digest-file dockerfile dryrun force force-build-metadata git ignore-path ignore-var-run image-download-retry image-format
  image-fs-extract-retry image-name-tag-with-digest-file image-name-with-digest-file insecure insecure-pull
  insecure-registry kaniko-dir label log-format log-timestamp materialize no-push no-push-cache oci-layout-path pre-cleanup
  preserve-context push-ignore-immutable-tag-errors push-retry registry-certificate registry-client-cert registry-map
  registry-mirror reproducible secret single-snapshot skip-default-registry-fallback skip-push-permission-check
  skip-tls-verify skip-tls-verify-pull skip-tls-verify-registry skip-unused-stages snapshot-mode tar-path target use-new-run
  verbosity snapshotMode customPlatform tarPath whitelist-var-run`.split(/\s+/);

/** Inputs of docker/build-push-action. */
const BUILD_PUSH =
  `add-hosts allow annotations attests build-args build-contexts builder cache-from cache-to call
  cgroup-parent context file labels load network no-cache no-cache-filters outputs platforms provenance pull push sbom
  secrets secret-envs secret-files shm-size ssh tags target ulimit github-token`.split(/\s+/);

const spellings = FLAG_OPTIONS.flatMap(({ flag }) => [
  flag.name,
  ...(flag.aliases ?? []),
  ...(flag.deprecated ?? []),
]);

describe('the option tables', () => {
  it('know every flag of kaniko', () => {
    expect(KANIKO.filter((name) => !spellings.includes(name))).toEqual([]);
  });

  it('know every input of build-push-action', () => {
    const names = INPUT_OPTIONS.map(({ input }) => input.name);
    expect(BUILD_PUSH.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('give every spelling one meaning', () => {
    const shorts = FLAG_OPTIONS.flatMap(({ flag }) => flag.short ?? []);
    const inputs = INPUT_OPTIONS.map(({ input }) => input.name);
    for (const names of [spellings, shorts, inputs]) expect(new Set(names).size).toBe(names.length);
  });

  it('say why, where something is refused or has no effect', () => {
    const all = [...FLAG_OPTIONS, ...INPUT_OPTIONS];
    const mute = all.filter(({ treatment, note }) => treatment !== 'works' && (note ?? '') === '');
    expect(mute).toEqual([]);
    expect(all.filter(({ about }) => about.endsWith('.') || about === '')).toEqual([]);
  });
});
