/** A word that a POSIX shell reads as exactly this text. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:,=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Words as one command line. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
