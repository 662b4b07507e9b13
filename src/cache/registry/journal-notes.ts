/** What an index says of journals, in annotations of its manifest. */
export interface JournalNotes {
  /** Whether the registry lists and removes tags, so that journals can be kept; undefined where nobody has tried. */
  readonly usable: boolean | undefined;
  /** Tags of journals whose records are in the index. */
  readonly taken: readonly string[];
}

export const NO_NOTES: JournalNotes = { usable: undefined, taken: [] };

const USABLE = 'vnd.ts-kaniko.journals';
const TAKEN = 'vnd.ts-kaniko.journals.taken';
const NAME = 'vnd.ts-kaniko.journal';

/** The notes in annotations. A damaged list of journals is none: what is taken twice is the same. */
export function readNotes(annotations: Readonly<Record<string, string>> | undefined): JournalNotes {
  const said = annotations?.[USABLE];
  return {
    usable: said === undefined ? undefined : said === 'true',
    taken: (annotations?.[TAKEN] ?? '').split(' ').filter((name) => name !== ''),
  };
}

/** Undefined where there is nothing to say. */
export function noteAnnotations({ usable, taken }: JournalNotes): Record<string, string> | undefined {
  if (usable === undefined) return undefined;
  return { [USABLE]: String(usable), ...(taken.length > 0 && { [TAKEN]: taken.join(' ') }) };
}

/** Those of a journal: equal journals are removed by their digests, one without the other. */
export function journalAnnotations(name: string): Record<string, string> {
  return { [NAME]: name };
}
