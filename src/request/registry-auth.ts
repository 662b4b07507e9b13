import { parseDocument } from 'yaml';
import { z } from 'zod';
import { BuildError } from '../errors/index.ts';
import { type GivenCredential } from './build-request.ts';

const DEFAULT_REGISTRY = 'docker.io';
const ECR_CHOICES = ['', 'auto', 'true', 'false'] as const;
/** Registries of AWS; what is no such host is no harm: it only says that a user name may be missing. */
const ECR_HOST = /\.dkr[.-]ecr(?:-fips)?\.|^public\.ecr\.aws$/;
const SCOPE = /^([a-z0-9][a-z0-9._/-]*)?(?:@([a-z,]+))?$/;
const ACTIONS: ReadonlyMap<string, 'pull' | 'push' | undefined> = new Map([
  ['pull', 'pull'],
  ['push', 'push'],
  ['pull,push', undefined],
  ['push,pull', undefined],
]);

const Entry = z.strictObject({
  registry: z.string().default(''),
  username: z.string().default(''),
  password: z.string().default(''),
  scope: z.string().default(''),
  ecr: z.enum(ECR_CHOICES).default('auto'),
  logout: z.unknown().optional(),
});
const Entries = z.array(Entry);

/**
 * Credentials in the syntax of docker/login-action's `registry-auth`: a YAML list of {registry, username, password, scope,
 * ecr}. The registry is docker.io where none is named. An entry for ECR without a user stands for the AWS credentials of
 * the environment, which are found without it. Throws USAGE, never quoting a value: they are secrets.
 */
export function parseRegistryAuth(text: string): GivenCredential[] {
  if (text.trim() === '') return [];
  const entries = Entries.safeParse(readYaml(text));
  if (!entries.success) throw shapeError(entries.error);
  return entries.data.flatMap(credentialIn);
}

function credentialIn(
  { registry, username, password, scope, ecr }: z.infer<typeof Entry>,
  index: number,
): GivenCredential[] {
  const host = hostOf(registry);
  const mayBeEcr = ecr === 'true' || (ecr !== 'false' && ECR_HOST.test(host));
  if (username === '' && password === '' && mayBeEcr) return [];
  if (username === '' || password === '')
    throw wrong(`${index}.${username === '' ? 'username' : 'password'} is wrong`);
  const [, path = '', actions] = SCOPE.exec(scope) ?? [];
  if (!SCOPE.test(scope) || (actions !== undefined && !ACTIONS.has(actions)))
    throw wrong(`${index}.scope is wrong`);
  const access = ACTIONS.get(actions ?? 'pull,push');
  return [
    {
      registry: path === '' ? host : `${host}/${path.replace(/\/+$/, '')}`,
      username,
      password,
      ...(access === undefined ? {} : { access }),
      ...(ecr === 'true' || ecr === 'false' ? { ecr: ecr === 'true' } : {}),
    },
  ];
}

/** Addresses (`https://index.docker.io/v1/`) stand for their host. */
function hostOf(registry: string): string {
  const host = registry
    .trim()
    .replace(/^https?:\/\/([^/]*).*$/i, '$1')
    .replace(/\/+$/, '');
  return host === '' ? DEFAULT_REGISTRY : host;
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
  return { registry: hostOf(registry), username, password };
}

function readYaml(text: string): unknown {
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  const [problem] = document.errors;
  if (problem !== undefined) throw wrong(`it is not YAML: ${problem.code}`);
  try {
    return document.toJS();
  } catch {
    throw wrong('it is not YAML: an alias stands for nothing, or for too much');
  }
}

function shapeError(error: z.ZodError): BuildError {
  const places = error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'the whole' : issue.path.map(String).join('.');
    return issue.code === 'unrecognized_keys'
      ? `${where}: unknown ${issue.keys.map(keyShown).join(', ')}`
      : `${where} is wrong`;
  });
  return wrong(places.join('; '));
}

/** A slip of the pen is worth showing; a line of a secret that came to stand as a key is not. */
function keyShown(key: string): string {
  return /^[a-z]{1,12}$/i.test(key) ? key : 'key';
}

function wrong(what: string): BuildError {
  return new BuildError('USAGE', `registry-auth: ${what}`, {
    hint: 'registry-auth is a YAML list: "- registry: ghcr.io", "  username: …", "  password: …"; scope is path@push',
  });
}
