/** A line longer than this is told in pieces, so that a RUN without line breaks can't fill memory. */
const LONGEST_LINE = 16 * 1024;

/** Turns chunks of text into lines; `\n`, `\r\n` and a lone `\r` end one, as they do for the GitHub runner. */
export interface LineSplitter {
  push(chunk: string): string[];
  /** What is left without a line break. */
  end(): string[];
}

export function createLineSplitter(): LineSplitter {
  let pending = '';
  let afterReturn = false;

  const take = (chunk: string): string[] => {
    const text = afterReturn && chunk.startsWith('\n') ? chunk.slice(1) : chunk;
    if (chunk !== '') afterReturn = chunk.endsWith('\r');
    const lines = (pending + text).split(/\r\n|\n|\r/);
    pending = lines.pop() ?? '';
    return lines;
  };

  return {
    push(chunk) {
      const lines = take(chunk);
      const pieces: string[] = [];
      while (pending.length > LONGEST_LINE) {
        pieces.push(pending.slice(0, LONGEST_LINE));
        pending = pending.slice(LONGEST_LINE);
      }
      return [...lines, ...pieces].flatMap(inPieces);
    },
    end() {
      const rest = pending;
      pending = '';
      return rest === '' ? [] : [rest];
    },
  };
}

function inPieces(line: string): string[] {
  if (line.length <= LONGEST_LINE) return [line];
  const pieces: string[] = [];
  for (let at = 0; at < line.length; at += LONGEST_LINE) pieces.push(line.slice(at, at + LONGEST_LINE));
  return pieces;
}
