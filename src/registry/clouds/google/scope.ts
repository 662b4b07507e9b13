/** What access tokens for Google's registries must allow. */
export const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
