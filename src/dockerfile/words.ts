import { isSpace } from './characters.ts';

/**
 * The words of ENV, LABEL and ARG: separated by white space outside quotes, quotes and escapes kept for
 * the expansion that follows. An escape at the very end of the text is dropped.
 */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let word = '';
  let started = false;
  let quote: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (quote === undefined && isSpace(character)) {
      if (started) words.push(word);
      [word, started] = ['', false];
      continue;
    }
    if (character === escape && quote !== "'") {
      const escaped = text[i + 1];
      if (escaped === undefined) continue;
      word += character + escaped;
      started = true;
      i++;
      continue;
    }
    if (quote === undefined && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = undefined;
    word += character;
    started = true;
  }
  if (started) words.push(word);
  return words;
}
