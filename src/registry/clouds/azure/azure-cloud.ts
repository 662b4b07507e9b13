/** Addresses of one of Microsoft's clouds. */
export interface AzureCloud {
  /** Where identities log in. */
  readonly authority: string;
  /** What a token for its registries is asked for. */
  readonly resource: string;
}

const PUBLIC: AzureCloud = {
  authority: 'https://login.microsoftonline.com',
  resource: 'https://management.azure.com/',
};
const CLOUDS: ReadonlyMap<string, AzureCloud> = new Map([
  ['io', PUBLIC],
  ['cn', { authority: 'https://login.chinacloudapi.cn', resource: 'https://management.chinacloudapi.cn/' }],
  [
    'us',
    { authority: 'https://login.microsoftonline.us', resource: 'https://management.usgovcloudapi.net/' },
  ],
]);

/** The cloud an Azure Container Registry is in; undefined for all other registries. */
export function azureCloudOf(registry: string): AzureCloud | undefined {
  const [, domain = ''] = /^[a-z0-9-]+\.azurecr\.(io|cn|us)$/.exec(registry.toLowerCase()) ?? [];
  return CLOUDS.get(domain);
}
