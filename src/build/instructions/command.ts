import type { CommandInstruction, CommandLine } from '../../dockerfile/index.ts';
import { goQuotedList } from '../go-format.ts';
import type { StageState } from '../stage-state.ts';

const DEFAULT_SHELL = ['/bin/sh', '-c'];

/** CMD and ENTRYPOINT; an ENTRYPOINT drops a CMD that this stage did not set itself. */
export function applyCommand(instruction: CommandInstruction, state: StageState): string {
  const args = commandArgs(instruction.command, state);
  if (instruction.kind === 'cmd') {
    state.config = { ...state.config, Cmd: args, ArgsEscaped: true };
    state.cmdIsSet = true;
    return `CMD ${goQuotedList(args)}`;
  }
  state.config = { ...state.config, Entrypoint: args, Cmd: state.cmdIsSet ? state.config.Cmd : null };
  return `ENTRYPOINT ${goQuotedList(args)}`;
}

/** Program and arguments: the exec form as it is, the shell form as one argument of the stage's shell. */
export function commandArgs(command: CommandLine, state: StageState): string[] {
  return command.form === 'exec' ? [...command.args] : withShell(command.text, state);
}

export function withShell(script: string, state: StageState): string[] {
  const shell = state.config.Shell ?? [];
  return [...(shell.length > 0 ? shell : DEFAULT_SHELL), script];
}
