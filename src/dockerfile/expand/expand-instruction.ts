import { withLocation, type SourceLocation } from '../../errors/index.ts';
import { quote } from '../characters.ts';
import { type Escape } from '../directives.ts';
import {
  type ArgInstruction,
  type FromInstruction,
  type Instruction,
  type PairsInstruction,
  type RunInstruction,
  type SourceRange,
  type StageInstruction,
  type WordInstruction,
  type WordsInstruction,
} from '../instruction.ts';
import { emptyVolume } from '../parse/word-list.ts';
import { semanticsError } from '../source-location.ts';
import { exposedPorts } from './exposed-ports.ts';
import { expandCopy } from './expand-copy.ts';
import { expandMount } from './expand-mount.ts';
import { expandWord, expandWords } from './expand-word.ts';
import { type Lookup } from './expansion.ts';
import { isSignal } from './signal.ts';

export interface InstructionExpandOptions {
  readonly escape: Escape;
  /** Puts a place on errors; without it they have none. */
  readonly locate?: ((range: SourceRange) => SourceLocation) | undefined;
  /** Names given from outside: the default that their ARG has is not looked at. */
  readonly given?: ((name: string) => boolean) | undefined;
  /** Told, once for each word, the names in it that are not set, where there are any. */
  readonly onUnmatched?: ((names: ReadonlySet<string>) => void) | undefined;
}

/**
 * The instruction with its variables replaced where BuildKit replaces them, quotes and escapes removed,
 * and the values checked that can only be checked then. Expands ADD, ARG (the defaults), COPY, ENV,
 * EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME, WORKDIR and RUN's mount options; anything else comes back as
 * it is. One lookup serves the whole instruction: `ENV a=1 b=$a` sees the old `a`.
 * Throws DOCKERFILE_SEMANTICS or DOCKERFILE_SYNTAX.
 */
export function expandInstruction<T extends StageInstruction>(
  instruction: T,
  lookup: Lookup,
  options: InstructionExpandOptions,
): T {
  return located(instruction, options, () => expandStage(instruction, lookup, options) as T);
}

/**
 * The FROM with the variables of its image and platform replaced; `lookup` knows the ARGs before the
 * first FROM. Throws DOCKERFILE_SEMANTICS where nothing is left of one of them.
 */
export function expandFrom(
  from: FromInstruction,
  lookup: Lookup,
  options: InstructionExpandOptions,
): FromInstruction {
  return located(from, options, () => {
    const image = expandWord(from.image, lookup, options);
    if (image === '') {
      throw semanticsError(
        `base name (${from.image}) should not be blank`,
        'declare the variable with ARG before the first FROM and give it a value',
      );
    }
    return { ...from, image, platform: expandPlatform(from.platform, lookup, options) };
  });
}

function expandPlatform(
  written: string | undefined,
  lookup: Lookup,
  options: InstructionExpandOptions,
): string | undefined {
  if (written === undefined) return undefined;
  const platform = expandWord(written, lookup, options);
  if (platform !== '') return platform;
  throw semanticsError(
    `empty platform value from expression ${written}`,
    'declare the variable with ARG before the first FROM and give it a value',
  );
}

function located<T>(instruction: Instruction, options: InstructionExpandOptions, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (options.locate === undefined) throw error;
    throw withLocation(error, options.locate(instruction.range));
  }
}

function expandStage(
  instruction: StageInstruction,
  lookup: Lookup,
  options: InstructionExpandOptions,
): StageInstruction {
  const word = (text: string): string => expandWord(text, lookup, options);
  switch (instruction.kind) {
    case 'add':
    case 'copy':
      return expandCopy(instruction, lookup, options);
    case 'arg':
      return expandArg(instruction, word, options);
    case 'env':
    case 'label':
      return expandPairs(instruction, word);
    case 'expose':
      return expandExpose(instruction, lookup, options.escape);
    case 'volume':
      return expandVolume(instruction, word);
    case 'run':
      return expandRun(instruction, word);
    case 'user':
    case 'workdir':
      return { ...instruction, value: word(instruction.value) };
    case 'stopsignal':
      return expandSignal(instruction, word);
    case 'cmd':
    case 'entrypoint':
    case 'healthcheck':
    case 'maintainer':
    case 'onbuild':
    case 'shell':
      return instruction;
  }
}

/** Names that are not set are none of the checks' business here. */
function expandExpose(instruction: WordsInstruction, lookup: Lookup, escape: Escape): WordsInstruction {
  const values = instruction.values.flatMap((text) => expandWords(text, lookup, { escape }));
  for (const value of values) exposedPorts(value);
  return { ...instruction, values };
}

type Word = (text: string) => string;

function expandArg(arg: ArgInstruction, word: Word, options: InstructionExpandOptions): ArgInstruction {
  const args = arg.args.map(({ name, value }) =>
    value === undefined || options.given?.(name) === true ? { name, value } : { name, value: word(value) },
  );
  return { ...arg, args };
}

function expandPairs(instruction: PairsInstruction, word: Word): PairsInstruction {
  const pairs = instruction.pairs.map(({ key, value }) => ({ key: word(key), value: word(value) }));
  return { ...instruction, pairs };
}

function expandVolume(instruction: WordsInstruction, word: Word): WordsInstruction {
  const values = instruction.values.map(word);
  if (values.includes('')) throw emptyVolume();
  return { ...instruction, values };
}

function expandRun(instruction: RunInstruction, word: Word): RunInstruction {
  return { ...instruction, mounts: instruction.mounts.map((mount) => expandMount(mount, word)) };
}

function expandSignal(instruction: WordInstruction, word: Word): WordInstruction {
  const value = word(instruction.value);
  if (!isSignal(value)) {
    throw semanticsError(
      `invalid signal: ${value}`,
      `${quote('SIGTERM')}, ${quote('TERM')} and ${quote('15')} are ways to write one`,
    );
  }
  return { ...instruction, value };
}
