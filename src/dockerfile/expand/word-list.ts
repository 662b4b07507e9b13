import { isSpace } from '../characters.ts';

/** Collects text into words: blanks outside quotes separate, quoted text never does. */
export class WordList {
  readonly #words: string[] = [];
  #word = '';

  /** Adds unquoted text, whose blanks separate words. */
  addSplit(text: string): void {
    for (const character of text) {
      if (isSpace(character)) this.#flush();
      else this.#word += character;
    }
  }

  /** Adds quoted or escaped text, whose blanks are part of the word. */
  addWhole(text: string): void {
    this.#word += text;
  }

  /** The words so far, the one in progress included. */
  finish(): readonly string[] {
    this.#flush();
    return this.#words;
  }

  #flush(): void {
    if (this.#word !== '') this.#words.push(this.#word);
    this.#word = '';
  }
}
