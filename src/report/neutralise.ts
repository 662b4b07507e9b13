/** What a comparison by the rules of a language looks past: controls, format characters and other invisible ones. */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
/** White space too. One class, as an alternation of two that overlap takes time without end. */
const BLANK = String.raw`[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]`;
const HASH_COMMAND = new RegExp(`(#${UNSEEN}*#)(${UNSEEN}*\\[)`, 'gu');
const COLON_COMMAND = new RegExp(`^(${BLANK}*:)(${UNSEEN}*:)`, 'u');

/**
 * One line (no line breaks in it) that the GitHub runner takes for text: it obeys `::command::` at the start of a line
 * and `##[command]` anywhere in one. A space breaks both. The runner's search ignores invisible characters, so these do
 * not hide a command from us.
 */
export function neutraliseCommands(line: string): string {
  return line.replace(HASH_COMMAND, '$1 $2').replace(COLON_COMMAND, '$1 $2');
}

/** Escape sequences that are not colours: cursor movement, titles, hyperlinks. */
const SEQUENCE =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[ -/]*[0-~])/g;
const COLOUR = /^\x1b\[[0-9;:]*m$/;
const CONTROL = /[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[0-9;:]*m)/g;
/** Overrides of writing direction: text that shows another order than it has. */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;

/** Text without sequences that move a terminal's cursor or change its state; colours stay, other controls become visible. */
export function cleanTerminal(text: string): string {
  return text
    .replace(SEQUENCE, (sequence) => (COLOUR.test(sequence) ? sequence : ''))
    .replace(CONTROL, visible)
    .replace(DIRECTION, visible);
}

/** Text for an error or a warning: no colours either; line breaks and tabs stay. */
export function cleanText(text: string): string {
  return cleanTerminal(text.replace(/\r\n?/g, '\n').replace(SEQUENCE, ''));
}

function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
