import { parseCredentialHelpers } from './credential-helpers.ts';
import { BuildError } from '../errors/index.ts';
import { type RegistryOptions, type RetryCounts } from './build-request.ts';
import { type Environment } from './front-ports.ts';
import { type OptionValues } from './option-values.ts';
import { parseCertificates, parseClientCertificates } from './registry-files.ts';
import { parseRegistryMap } from './registry-map.ts';

/** How registries are reached, out of a front's values. Throws USAGE for values that make no sense. */
export function registriesOf(
  values: OptionValues,
  { env, cwd }: { readonly env: Environment; readonly cwd: string },
): RegistryOptions {
  return {
    insecureRegistries: values.list('insecure-registry'),
    insecurePush: values.flag('insecure') ?? false,
    insecurePull: values.flag('insecure-pull') ?? false,
    skipTlsVerify: values.flag('skip-tls-verify') ?? false,
    skipTlsVerifyPull: values.flag('skip-tls-verify-pull') ?? false,
    skipTlsVerifyRegistries: values.list('skip-tls-verify-registry'),
    mirrors: [...values.list('registry-mirror'), ...mirrorsOf(env['KANIKO_REGISTRY_MIRROR'] ?? '')],
    credentialHelpers: parseCredentialHelpers(values.list('credential-helpers')),
    registryMap: parseRegistryMap([...values.list('registry-map'), env['KANIKO_REGISTRY_MAP'] ?? '']),
    skipDefaultFallback: values.flag('skip-default-registry-fallback') ?? false,
    certificates: parseCertificates(values.list('registry-certificate'), cwd),
    clientCertificates: parseClientCertificates(values.list('registry-client-cert'), cwd),
    retries: retriesOf(values),
    checkPush: !(values.flag('skip-push-permission-check') ?? false),
    ignoreImmutableTags: values.flag('push-ignore-immutable-tag-errors') ?? false,
  };
}

function retriesOf(values: OptionValues): RetryCounts {
  return {
    push: countOf(values.text('push-retry'), 'push-retry'),
    download: countOf(values.text('image-download-retry'), 'image-download-retry'),
    layers: countOf(values.text('image-fs-extract-retry'), 'image-fs-extract-retry'),
  };
}

function countOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new BuildError('USAGE', `${name} ${JSON.stringify(text)} is no number of retries`);
}

function mirrorsOf(text: string): string[] {
  return text
    .split(',')
    .map((mirror) => mirror.trim())
    .filter((mirror) => mirror !== '');
}
