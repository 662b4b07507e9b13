import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findEarly } from '../context/index.ts';
import { BuildError } from '../errors/index.ts';
import {
  assembleRequest,
  checkDestinations,
  defaultContext,
  parseContext,
  parseFile,
  parseNamedSources,
  withPullMethod,
  type AssembledRequest,
  type ContextSpec,
  type Environment,
} from '../request/index.ts';
import { type InputValues } from './input-values.ts';
import { type ActionPorts } from './ports.ts';
import { maskCaches, readCredentials, readGitTokens, readKey, readSecrets } from './read-credentials.ts';

/** build-push-action's template for its default context, with a directory in it. */
const DEFAULT_CONTEXT = /^\{\{\s*defaultContext\s*\}\}(?::(.*))?$/;

/** The request that the inputs make. Throws USAGE, UNSUPPORTED, REFERENCE, and CONTEXT without a Dockerfile. */
export function readRequest(values: InputValues, env: Environment, ports: ActionPorts): AssembledRequest {
  maskCaches(env, ports.runner);
  const credentials = readCredentials(values, env, ports.runner);
  const gitTokens = readGitTokens(values, env, ports.runner);
  const { cwd } = ports;
  const context = withPullMethod(contextOf(values.text('context'), env, cwd), env['GIT_PULL_METHOD']);
  const target = values.text('target');
  const assembled = assembleRequest(
    values,
    {
      context,
      dockerfile: findEarly({
        dockerfile: parseFile(values.text('file')),
        context,
        contextSubPath: values.text('context-sub-path'),
        cwd,
      }),
      contexts: parseNamedSources(values.list('build-contexts'), cwd, (text) => contextOf(text, env, cwd)),
      targets: target === undefined ? [] : [target],
      call: values.text('call'),
      buildArgs: values.list('build-args'),
      labels: values.list('labels'),
      platforms: values.list('platforms'),
      destinations: [...values.list('tags'), ...values.list('destination')],
      push: values.flag('push') ?? false,
      noPush: false,
      outputs: values.list('outputs'),
      annotations: values.list('annotations'),
      credentials,
      secrets: readSecrets(values, { env, cwd }, ports.runner),
      extraHosts: values.list('add-hosts'),
      gitTokens,
      signingKey: readKey(values, { env, cwd }, ports.runner),
    },
    { env, cwd, machine: ports.machine },
  );
  if (assembled.call === undefined) checkDestinations(assembled.request.outputs, 'give tags');
  return assembled;
}

function contextOf(text: string | undefined, env: Environment, cwd: string): ContextSpec {
  const template = DEFAULT_CONTEXT.exec(text ?? '{{defaultContext}}');
  if (template === null) return parseContext(text ?? '', cwd);
  const context = parseContext(join(defaultContext(env, existsSync), template[1] ?? ''), cwd);
  if (context.kind === 'directory' && isEmptyDirectory(context.path)) {
    throw new BuildError('CONTEXT', `the build context ${context.path} is empty`, {
      hint: 'run actions/checkout before this step: the workspace is the context',
    });
  }
  return context;
}

function isEmptyDirectory(path: string): boolean {
  return existsSync(path) && readdirSync(path).length === 0;
}
