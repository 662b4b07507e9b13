/** Where a registry of AWS gives out its tokens. */
export interface EcrPlace {
  readonly region: string;
  readonly service: 'ecr' | 'ecr-public';
  readonly endpoint: string;
}

const PUBLIC = new Set(['public.ecr.aws', 'ecr-public.aws.com']);
const PRIVATE =
  /^\d{12}\.dkr[.-]ecr(-fips)?\.([a-z]{2}[a-z0-9-]{3,30})\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn|sc2s\.sgov\.gov|c2s\.ic\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;
/** Dual-stack names of registries have services under a domain of their own. */
const DUAL_STACK: ReadonlyMap<string, string> = new Map([
  ['on.aws', 'api.aws'],
  ['on.amazonwebservices.com.cn', 'api.amazonwebservices.com.cn'],
]);

/** The place for a registry of ECR, private or public; undefined for all others. */
export function ecrPlace(registry: string): EcrPlace | undefined {
  const host = registry.toLowerCase();
  if (PUBLIC.has(host)) {
    const region = 'us-east-1';
    return { region, service: 'ecr-public', endpoint: `https://api.ecr-public.${region}.amazonaws.com` };
  }
  const [, fips, region, suffix] = PRIVATE.exec(host) ?? [];
  if (region === undefined || suffix === undefined) return undefined;
  const dual = DUAL_STACK.get(suffix);
  const name = fips === undefined ? (dual === undefined ? 'api.ecr' : 'ecr') : 'ecr-fips';
  return { region, service: 'ecr', endpoint: `https://${name}.${region}.${dual ?? suffix}` };
}
