import { fromText } from '../../bytes/index.ts';
import { planWorkdir } from '../../copy/index.ts';
import { shellScript, soleHeredoc, type RunInstruction } from '../../dockerfile/index.ts';
import { BuildError } from '../../errors/index.ts';
import { formatPlatform } from '../../oci/index.ts';
import type { BuildSpec } from '../../request/index.ts';
import { resolveUser } from '../../rootfs/index.ts';
import type { OwnershipRecord, RunChanges, RunRoot } from '../../snapshot/index.ts';
import { runRow } from '../history.ts';
import type { BuildKit, Step } from '../kit.ts';
import type { RunRequest } from '../ports.ts';
import { rootOf } from '../stage-files.ts';
import { workdirOf, type StageState } from '../stage-state.ts';
import { withShell } from './command.ts';
import { maskOutput } from './mounts/mask-output.ts';
import type { PlacedMounts } from './mounts/place-mounts.ts';
import { prepareMounts, type RunMounts } from './mounts/prepare-mounts.ts';
import { watchBinds } from './mounts/watch-binds.ts';
import { proxyVariables } from './proxy-variables.ts';

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
  refuseForeign(state, kit);
  const program = programOf(instruction, state);
  const mounts = await prepareMounts(instruction, state, kit, step);
  watchBinds(instruction, state, kit, step);
  const { changes, stable } = await runWith(mounts, instruction, program, state, kit, step).finally(() =>
    mounts.release(),
  );
  const createdBy = runCreatedBy(instruction, state);
  await kit.committer.step(state, { createdBy, changes, stable }, kit.time());
}

/** What the history says of a RUN. */
export function runCreatedBy(instruction: RunInstruction, state: StageState): string {
  return runRow(programOf(instruction, state).args, state.args, state.env);
}

async function runWith(
  mounts: RunMounts,
  instruction: RunInstruction,
  program: Program,
  state: StageState,
  kit: BuildKit,
  step: Step,
): Promise<RunChanges> {
  let placed: PlacedMounts = { points: [], mounts: [] };
  const stageRoot = await rootOf(state);
  return stageRoot.run(
    (root) => execute({ instruction, program, mounts, placed, root }, state, kit, step),
    (view) => {
      placed = mounts.place(view);
      return [...placed.points, ...(kit.ports.sandbox.mountPoints?.(view) ?? [])];
    },
  );
}

/** A RUN about to start. */
interface Execution {
  readonly instruction: RunInstruction;
  readonly program: Program;
  readonly mounts: RunMounts;
  readonly placed: PlacedMounts;
  readonly root: RunRoot;
}

async function execute(
  { instruction, program, mounts, placed, root }: Execution,
  state: StageState,
  kit: BuildKit,
  step: Step,
): Promise<OwnershipRecord> {
  const user = resolveUser(root.view, state.config.User ?? '');
  const workdir = workdirOf(state);
  const owner = state.config.User ? user : undefined;
  root.put(planWorkdir(root.view, workdir, owner, Math.floor(kit.time() / 1000)));
  const mask = maskOutput(mounts.secrets);
  const outcome = await kit.ports.sandbox.run(
    {
      root,
      args: program.args,
      script: program.script,
      env: { ...mounts.env, ...environmentOf(state, kit, user.home) },
      secretEnv: mounts.secretEnv,
      mounts: placed.mounts,
      workdir,
      user,
      network: networkOf(instruction, kit.spec),
      onOutput: (stream, text) => step.onOutput(stream, mask.text(stream, text)),
    },
    kit.ports.signal,
  );
  for (const stream of ['stdout', 'stderr'] as const) step.onOutput(stream, mask.end(stream));
  if (outcome.exitCode !== 0) throw failure(program, outcome);
  checkRecorded(outcome.unrecorded ?? [], kit);
  if ((outcome.unrecorded ?? []).length > 0) state.faith.loseOwners();
  return {
    user,
    events: outcome.ownership ?? [],
    mounted: placed.mounts.map(({ target }) => fromText(target)),
  };
}

/** A heredoc that is a script of its own (`#!`) becomes a file; any other command is given to the shell as text. */
export function programOf({ command }: RunInstruction, state: StageState): Program {
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

/** `default` is what the build as a whole was given. */
export function networkOf({ network }: RunInstruction, spec: BuildSpec): 'host' | 'none' {
  const chosen = network === undefined || network === 'default' ? spec.run?.network : network;
  return chosen === 'none' ? 'none' : 'host';
}

/** Throws ISOLATION where the stage is for a machine of another kind, whose programs this one does not execute. */
function refuseForeign({ fields, stage }: StageState, { ports }: BuildKit): void {
  const { architecture = '' } = fields;
  if (architecture === '' || ports.sandbox.executes(architecture)) return;
  const message = `RUN in ${stage.label} needs programs of ${formatPlatform(stage.platform)}, which this machine does not execute`;
  throw new BuildError('ISOLATION', message, {
    hint: 'build on a machine of that kind and join the images with ts-kaniko merge, or register an emulator in binfmt_misc, or run the step in a stage FROM --platform=$BUILDPLATFORM',
  });
}

function refuseUnsupported({ network, security, devices = [] }: RunInstruction): void {
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
  const device = devices.find(({ required }) => required);
  if (device !== undefined) {
    throw new BuildError('UNSUPPORTED', `RUN --device=${device.name}: there are no devices here`, {
      hint: 'a build without privileges has none to give; without "required" the RUN goes on without it',
    });
  }
}

/** Throws ISOLATION where owners count and some could not be recorded. */
function checkRecorded(unrecorded: readonly string[], { spec }: BuildKit): void {
  if (spec.strictOwnership !== true || unrecorded.length === 0) return;
  throw new BuildError('ISOLATION', `owners could not be recorded: ${unrecorded.join('; ')}`, {
    hint: 'build where files can be given to anybody (docs/isolation.md), or without --strict-ownership',
  });
}

function failure(
  program: Program,
  outcome: { exitCode: number; startFailure?: string | undefined },
): BuildError {
  const command = JSON.stringify(program.args.join(' '));
  const message = `process ${command} did not complete successfully: exit code: ${outcome.exitCode}`;
  return new BuildError('RUN_FAILED', message, { exitStatus: outcome.exitCode, hint: outcome.startFailure });
}
