import { toBuildError } from '../errors/index.ts';
import { plain, renderError } from '../report/index.ts';
import { type Environment } from '../request/index.ts';
import { placeOf } from './place.ts';
import { type ActionPorts } from './ports.ts';
import { say } from './say.ts';

/** Tells an error in the log, whole, and as an annotation at its place. The step fails by it. */
export function tellFailure(error: unknown, env: Environment, { runner, cwd }: ActionPorts): void {
  const { message, hint, location } = toBuildError(error);
  say(runner, renderError(error));
  const text = hint === undefined ? message : `${message}\nhint: ${hint}`;
  runner.fail(plain(text), placeOf(location, env, cwd));
}
