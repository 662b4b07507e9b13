import { z } from 'zod';
import { askJson, type CloudQuestion } from './ask.ts';
import { type CloudToken, type CloudTools } from './cloud-tools.ts';

const TokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  /** Some services write numbers as texts. */
  expires_in: z.coerce.number().positive(),
});

/** Asks for an OAuth2 access token (RFC 6749, 5.1). Throws REGISTRY_AUTH, NETWORK. */
export async function askAccessToken(
  question: CloudQuestion,
  origin: string,
  tools: CloudTools,
  signal?: AbortSignal,
): Promise<CloudToken> {
  const answer = await askJson({ ...question, shape: TokenAnswer }, tools, signal);
  tools.secrets.add(answer.access_token);
  return {
    value: answer.access_token,
    expiresAt: tools.waiting.now() + answer.expires_in * 1000,
    origin,
  };
}
