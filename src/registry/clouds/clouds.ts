import { acr } from './azure/acr.ts';
import { ecr } from './aws/ecr.ts';
import { type Cloud, type CloudTools } from './cloud-tools.ts';
import { google } from './google/google.ts';

/** The clouds, by the names kaniko gives their helpers. */
export function createClouds(tools: CloudTools): Readonly<Record<'google' | 'ecr' | 'acr', Cloud>> {
  return { google: google(tools), ecr: ecr(tools), acr: acr(tools) };
}
