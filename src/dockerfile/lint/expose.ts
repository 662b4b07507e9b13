import { type LintWarning, type WordsInstruction } from '../instruction.ts';
import { warning, type LintInput } from './input.ts';

/** ExposeProtoCasing and ExposeInvalidFormat, for ports that are written without variables. */
export function lintExpose({ stages }: LintInput): LintWarning[] {
  return stages
    .flatMap(({ instructions }) => instructions)
    .flatMap((instruction) =>
      instruction.kind === 'expose' ? instruction.values.flatMap((port) => lintPort(instruction, port)) : [],
    );
}

function lintPort(instruction: WordsInstruction, port: string): LintWarning[] {
  if (port.includes('$')) return [];
  const warnings: LintWarning[] = [];
  const protocol = port.slice(port.lastIndexOf(':') + 1).split('/')[1] ?? '';
  if (protocol !== protocol.toLowerCase()) {
    const message = `Defined protocol '${port}' in EXPOSE instruction should be lowercase`;
    warnings.push(warning('ExposeProtoCasing', message, instruction));
  }
  if (port.includes(':')) {
    const message = `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`;
    warnings.push(warning('ExposeInvalidFormat', message, instruction));
  }
  return warnings;
}
