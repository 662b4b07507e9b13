import type { AgentKey } from './agent-key.ts';
import { string, uint32, WireReader } from './wire.ts';

const FAILURE = 5;
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;

/**
 * The answer of an agent with these keys to one request, both without their length: it lists its keys and signs, and
 * refuses everything else (draft-ietf-sshm-ssh-agent).
 */
export function answerAgent(request: Uint8Array, keys: readonly AgentKey[]): Buffer {
  try {
    const reader = new WireReader(request);
    const type = reader.take(1)[0];
    if (type === REQUEST_IDENTITIES) return identities(keys);
    if (type === SIGN_REQUEST) return signature(reader, keys);
  } catch {
    // A malformed request is one of those it refuses.
  }
  return Buffer.from([FAILURE]);
}

function identities(keys: readonly AgentKey[]): Buffer {
  const entries = keys.flatMap(({ blob, comment }) => [string(blob), string(comment)]);
  return Buffer.concat([Buffer.from([IDENTITIES_ANSWER]), uint32(keys.length), ...entries]);
}

function signature(reader: WireReader, keys: readonly AgentKey[]): Buffer {
  const [blob, data, flags] = [reader.string(), reader.string(), reader.uint32()];
  const key = keys.find((one) => one.blob.equals(blob));
  if (key === undefined) return Buffer.from([FAILURE]);
  return Buffer.concat([Buffer.from([SIGN_RESPONSE]), string(key.sign(data, flags))]);
}
