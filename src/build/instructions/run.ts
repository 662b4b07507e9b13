import { shellScript, soleHeredoc, type RunInstruction } from '../../dockerfile/index.ts';
import { BuildError } from '../../errors/index.ts';
import { applyMembers, resolveUser } from '../../rootfs/index.ts';
import type { RunRoot } from '../../snapshot/index.ts';
import { runRow } from '../history.ts';
import type { BuildKit, Step } from '../kit.ts';
import type { RunRequest } from '../ports.ts';
import { rootOf } from '../stage-files.ts';
import type { StageState } from '../stage-state.ts';
import { withShell } from './command.ts';
import { proxyVariables } from './proxy-variables.ts';
import { workdirMembers } from './workdir.ts';

/** What a RUN starts. */
interface Program {
  readonly args: readonly string[];
  readonly script?: RunRequest['script'];
}

/** RUN: executes in the stage's tree and turns what changed into a layer. Throws RUN_FAILED with the exit status. */
export async function runRun(
  instruction: RunInstruction,
  state: StageState,
  kit: BuildKit,
  step: Step,
): Promise<void> {
  refuseUnsupported(instruction);
  kit.ports.sandbox.ensureAvailable();
  const program = programOf(instruction, state);
  const { changes, stable } = await rootOf(state).run((root) =>
    execute(instruction, program, root, state, kit, step),
  );
  const createdBy = runRow(program.args, state.args, state.env);
  await kit.committer.step(state, { createdBy, changes, stable }, kit.time());
}

async function execute(
  instruction: RunInstruction,
  program: Program,
  root: RunRoot,
  state: StageState,
  kit: BuildKit,
  step: Step,
): Promise<void> {
  const user = resolveUser(root.view, state.config.User ?? '');
  const workdir = state.config.WorkingDir || '/';
  applyMembers(root.directory, workdirMembers(root.view, workdir, state, kit));
  const outcome = await kit.ports.sandbox.run(
    {
      root,
      args: program.args,
      script: program.script,
      env: environmentOf(state, kit, user.home),
      workdir,
      user,
      network: instruction.network === 'none' ? 'none' : 'host',
      onOutput: (stream, text) => step.onOutput(stream, text),
    },
    kit.ports.signal,
  );
  if (outcome.exitCode !== 0) throw failure(program, outcome);
}

/** A heredoc that is a script of its own (`#!`) becomes a file; any other command is given to the shell as text. */
function programOf({ command }: RunInstruction, state: StageState): Program {
  if (command.form === 'exec') return { args: command.args };
  const sole = soleHeredoc(command);
  if (sole?.content.startsWith('#!') !== true) return { args: withShell(shellScript(command), state) };
  return {
    args: withShell(`/dev/pipes/${sole.name}`, state),
    script: { name: sole.name, content: sole.content },
  };
}

/** What RUN finds in its environment, the later winning: HOME, ENV and ARG, the proxies given as build arguments. */
function environmentOf(state: StageState, kit: BuildKit, home: string | undefined): Record<string, string> {
  return {
    ...(home !== undefined && { HOME: home }),
    ...Object.fromEntries(state.env),
    ...proxyVariables(kit.spec.buildArgs),
  };
}

function refuseUnsupported({ mounts, network, security }: RunInstruction): void {
  const [mount] = mounts;
  if (mount !== undefined) {
    throw new BuildError('UNSUPPORTED', `RUN --mount=${mount.raw} is not supported yet`, {
      hint: 'copy what the step needs by COPY in an earlier stage, and remove it within the same RUN',
    });
  }
  if (network !== undefined && !['default', 'host', 'none'].includes(network)) {
    throw new BuildError('DOCKERFILE_SYNTAX', `invalid value ${JSON.stringify(network)} for --network`, {
      hint: 'one of: default, host, none',
    });
  }
  if (security !== undefined && security !== 'sandbox') {
    throw new BuildError('UNSUPPORTED', `RUN --security=${security} is not supported`, {
      hint: 'a build without privileges has none to give; leave the flag out',
    });
  }
}

function failure(
  program: Program,
  outcome: { exitCode: number; startFailure?: string | undefined },
): BuildError {
  const command = JSON.stringify(program.args.join(' '));
  const message = `process ${command} did not complete successfully: exit code: ${outcome.exitCode}`;
  return new BuildError('RUN_FAILED', message, { exitStatus: outcome.exitCode, hint: outcome.startFailure });
}
