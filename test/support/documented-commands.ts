import { parseAllDocuments } from 'yaml';

/** A fenced block of a page. */
interface Block {
  readonly language: string;
  readonly text: string;
}

/** The programs whose command lines are looked for. */
const PROGRAM = /(?:^|\s|')(?:ts-kaniko|\/kaniko\/(?:executor|warmer))(?=\s)/;

/** The fenced blocks of a Markdown page. */
export function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** All command lines of the program in a block, as words; what a shell or CI system puts in is `x`. */
export function commandsOf({ language, text }: Block): readonly (readonly string[])[] {
  if (language === 'sh') return text.replaceAll('\\\n', ' ').split('\n').flatMap(wordsOf);
  if (language !== 'yaml') return [];
  return valuesOf(text).flatMap((value) => {
    if (typeof value === 'string') return wordsOf(value);
    return isWordList(value)
      ? [
          value
            .map(filled)
            .filter((word) => word !== '/kaniko/executor')
            .map(asCommand),
        ]
      : [];
  });
}

/** The inputs of steps that use the action. */
export function inputsOf({ language, text }: Block): readonly Readonly<Record<string, string>>[] {
  if (language !== 'yaml') return [];
  return valuesOf(text).flatMap((value) => {
    const { uses = '', with: inputs } = Object(value) as { uses?: string; with?: Record<string, unknown> };
    if (typeof uses !== 'string' || !uses.includes('ts-kaniko')) return [];
    return [
      Object.fromEntries(Object.entries(inputs ?? {}).map(([name, given]) => [name, filled(String(given))])),
    ];
  });
}

/** Every value in a text of YAML documents, those within others too. */
function valuesOf(text: string): readonly unknown[] {
  const below = (value: unknown): unknown[] => [
    value,
    ...(typeof value === 'object' && value !== null ? Object.values(value).flatMap(below) : []),
  ];
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.join('\n'));
    return below(document.toJS());
  });
}

/** Arguments of a container: of the builder, or a command with its program. */
function isWordList(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || !value.every((word) => typeof word === 'string')) return false;
  const [first = '', ...rest] = value as string[];
  return (
    /^\/kaniko\/(?:executor|warmer)$/.test(first) ||
    [first, ...rest].some((word) => word.startsWith('--destination='))
  );
}

function asCommand(word: string): string {
  return word === '/kaniko/warmer' ? 'warmer' : word;
}

function wordsOf(line: string): readonly (readonly string[])[] {
  const begun = PROGRAM.exec(line);
  if (begun === null) return [];
  const command = begun[0].trim().replace(/^'/, '').endsWith('warmer') ? ['warmer'] : [];
  const rest = filled(line.slice(begun.index + begun[0].length)).split(/(?<!\S)(?:&&|\||;)(?!\S)/)[0] ?? '';
  const words = rest.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return [[...command, ...words.map((word) => word.replaceAll(/["']/g, ''))]];
}

function filled(text: string): string {
  return text.replaceAll(/\$\{\{.*?\}\}|\$\{\w+\}|\$\([^)]*\)|\$\w+/g, 'x');
}
