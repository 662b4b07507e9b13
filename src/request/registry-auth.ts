import { parseDocument } from 'yaml';
import { z } from 'zod';
import { BuildError } from '../errors/index.ts';
import { type GivenCredential } from './build-request.ts';

const DEFAULT_REGISTRY = 'docker.io';

const Entry = z.strictObject({
  registry: z.string().min(1).default(DEFAULT_REGISTRY),
  username: z.string().min(1),
  password: z.string().min(1),
  scope: z.unknown().optional(),
  ecr: z.unknown().optional(),
  logout: z.unknown().optional(),
});
const Entries = z.array(Entry);

/**
 * Credentials in the syntax of docker/login-action's `registry-auth`: a YAML list of {registry, username, password}.
 * The registry is docker.io where none is named. Throws USAGE (never quoting a value: they are secrets) and UNSUPPORTED
 * for `scope` and `ecr`.
 */
export function parseRegistryAuth(text: string): GivenCredential[] {
  if (text.trim() === '') return [];
  const entries = Entries.safeParse(readYaml(text));
  if (!entries.success) throw shapeError(entries.error);
  return entries.data.map(({ registry, username, password, scope, ecr }) => {
    refuse('scope', scope);
    if (ecr !== false && ecr !== 'false' && ecr !== 'auto') refuse('ecr', ecr);
    return { registry, username, password };
  });
}

/** One credential from the inputs registry, username and password; undefined where none is given. Throws USAGE for half of one. */
export function credentialOf(
  registry: string,
  username: string,
  password: string,
): GivenCredential | undefined {
  if (username === '' && password === '') return undefined;
  if (username === '' || password === '') {
    const missing = username === '' ? 'username' : 'password';
    throw new BuildError('USAGE', `credentials without a ${missing}`, {
      hint: 'set both username and password; an empty one often is a secret this workflow cannot read',
    });
  }
  return { registry: registry === '' ? DEFAULT_REGISTRY : registry, username, password };
}

function readYaml(text: string): unknown {
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new BuildError('USAGE', `registry-auth is not YAML: ${problem.code}`, { hint: SHAPE_HINT });
  return document.toJS();
}

const SHAPE_HINT = 'registry-auth is a YAML list: "- registry: ghcr.io", "  username: …", "  password: …"';

function shapeError(error: z.ZodError): BuildError {
  const places = error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'registry-auth' : issue.path.map(String).join('.');
    return issue.code === 'unrecognized_keys'
      ? `${where}: unknown ${issue.keys.join(', ')}`
      : `${where} is wrong`;
  });
  return new BuildError('USAGE', `registry-auth: ${places.join('; ')}`, { hint: SHAPE_HINT });
}

function refuse(key: string, value: unknown): void {
  if (value === undefined || value === '') return;
  throw new BuildError('UNSUPPORTED', `registry-auth: ${key} is not supported`, {
    hint: 'give registry, username and password; log in with docker/login-action for the rest',
  });
}
