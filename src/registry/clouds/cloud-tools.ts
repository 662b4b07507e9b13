import { type HttpClient, type Waiting } from '../../http/index.ts';
import { type SecretWords } from '../auth/secret-words.ts';
import { type Environment } from '../credentials/credential-store.ts';
import { type Credential } from '../credentials/credential.ts';

/** What asking a cloud takes. */
export interface CloudTools {
  readonly http: HttpClient;
  readonly waiting: Waiting;
  readonly env: Environment;
  readonly secrets: SecretWords;
  readonly endpoints: CloudEndpoints;
  /** Whose machine this is. */
  readonly vendor: Vendor;
}

export type Vendor = 'amazon' | 'google' | 'microsoft' | 'other';

/** Addresses nothing else names; bases without a final slash. */
export interface CloudEndpoints {
  readonly awsInstance: string;
  readonly awsContainer: string;
  readonly googleToken: string;
  readonly googleMetadata: string;
  readonly azureInstance: string;
  /** Base address of a registry of Azure. */
  readonly acr: (registry: string) => string;
}

export const CLOUD_ENDPOINTS: CloudEndpoints = {
  awsInstance: 'http://169.254.169.254',
  awsContainer: 'http://169.254.170.2',
  googleToken: 'https://oauth2.googleapis.com/token',
  googleMetadata: 'http://metadata.google.internal',
  azureInstance: 'http://169.254.169.254',
  acr: (registry) => `https://${registry}`,
};

/** A secret of a cloud with the time, milliseconds since the epoch, it ends at. */
export interface CloudToken {
  readonly value: string;
  readonly expiresAt: number;
  /** Where the identity behind it comes from, for messages. */
  readonly origin: string;
}

export interface CloudCredential {
  readonly credential: Credential;
  readonly expiresAt: number;
  readonly origin: string;
}

/** One cloud's registries, and how this machine's identity in that cloud becomes a credential for them. */
export interface Cloud {
  /** True for its registries. */
  covers(registry: string): boolean;
  /** Undefined where this machine has no identity in the cloud. Throws REGISTRY_AUTH and NETWORK. */
  credential(registry: string, signal?: AbortSignal): Promise<CloudCredential | undefined>;
}
