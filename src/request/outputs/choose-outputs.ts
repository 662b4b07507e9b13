import { BuildError } from '../../errors/index.ts';
import { parseReference } from '../../reference/index.ts';
import { normaliseTags } from '../tags.ts';
import { isImageOutput, type ImageForm, type Output } from './output.ts';
import { parseOutput, type AskedOutput } from './parse-output.ts';

/** What is said of where an image goes. */
export interface OutputChoices {
  /** In buildx's grammar. */
  readonly outputs: readonly string[];
  /** References the image gets, as given; they win over the names in `outputs`. */
  readonly tags: readonly string[];
  /** The image is pushed. */
  readonly push: boolean;
  /** Nothing is pushed, whatever else is said. */
  readonly noPush: boolean;
  readonly form: ImageForm;
  /** What relative paths start from. */
  readonly cwd: string;
}

export interface ChosenOutputs {
  readonly outputs: readonly Output[];
  /** All names of the image, each once. */
  readonly tags: readonly string[];
  /** The image is pushed to its names beside what `outputs` do. */
  readonly push: boolean;
  /** Registries that are spoken to without encryption. */
  readonly insecureRegistries: readonly string[];
  readonly warnings: readonly string[];
}

/** Settles what is done with the image. Throws USAGE, UNSUPPORTED, and REFERENCE for malformed names. */
export function chooseOutputs(choices: OutputChoices): ChosenOutputs {
  const { tags, warnings } = normaliseTags(choices.tags);
  const asked = choices.outputs.flatMap((text) => parseOutput(text, choices) ?? []);
  const settled = asked.map((one) => settle(one, tags, choices));
  const outputs = settled.flatMap(({ output }) => output ?? []);
  const images = outputs.filter(isImageOutput);
  checkStandardOutput(outputs);
  return {
    outputs,
    tags: [...new Set([...tags, ...images.flatMap(({ names }) => names)])],
    push: choices.push && !choices.noPush && !images.some(({ kind }) => kind === 'registry'),
    insecureRegistries: settled.flatMap(({ output, insecure }) => (insecure ? registriesOf(output) : [])),
    warnings: [...warnings, ...settled.flatMap((one) => one.warnings)],
  };
}

interface SettledOutput extends Omit<AskedOutput, 'output'> {
  /** Undefined where nothing is done. */
  readonly output: Output | undefined;
}

/** The output with its final names, and an image that would be kept nowhere only where it is pushed. */
function settle(
  { output, insecure, warnings }: AskedOutput,
  tags: readonly string[],
  { push, noPush }: OutputChoices,
): SettledOutput {
  if (output.kind === 'local' || output.kind === 'tar') return { output, insecure, warnings };
  if (output.kind === 'kept' && (!push || noPush))
    return { output: undefined, insecure, warnings: noPush ? warnings : [...warnings, KEPT_NOWHERE] };
  const image = output.kind === 'kept' ? output.pushed : output;
  if (image.kind === 'registry' && noPush) return { output: undefined, insecure, warnings };
  const own = normaliseTags(image.names);
  const named = { ...image, names: tags.length > 0 ? tags : own.tags };
  if (named.kind === 'registry' && named.byDigest) checkUntagged(named.names);
  return { output: named, insecure, warnings: [...warnings, ...own.warnings] };
}

const KEPT_NOWHERE =
  'an output of type=image without push=true keeps the image nowhere: there is no store of images';

function checkUntagged(names: readonly string[]): void {
  const tagged = names.find((name) => parseReference(name).tag !== undefined);
  if (tagged === undefined) return;
  throw new BuildError('USAGE', `push-by-digest: ${tagged} has a tag`, {
    hint: 'name the repository alone; leave tags out',
  });
}

function checkStandardOutput(outputs: readonly Output[]): void {
  if (outputs.filter((output) => 'to' in output && output.to.kind === 'stdout').length < 2) return;
  throw new BuildError('USAGE', 'two outputs cannot both go to standard output', {
    hint: 'give one of them a file with dest=',
  });
}

function registriesOf(output: Output | undefined): string[] {
  if (output === undefined || !isImageOutput(output)) return [];
  return output.names.map((name) => parseReference(name).registry);
}
