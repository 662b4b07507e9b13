/** One system call that ended, as strace(1) writes it with `-f -xx -y -o`, and docker/proot-owners.c after it. */
export interface TracedCall {
  readonly pid: number;
  readonly name: string;
  /** As written: `"\x2f…"`, `3<\x2f…>`, `O_RDONLY|O_CREAT`, `-1`. */
  readonly words: readonly string[];
  readonly result: number;
  /** What the descriptor that was returned is of, as written. */
  readonly returned: string | undefined;
  /** `EXDEV` …, where it failed. */
  readonly error: string | undefined;
  /** It did not really happen. */
  readonly pretended: boolean;
}

const LINE =
  /^([0-9]+) +([a-z_0-9]+)\((.*)\) += (-?[0-9]+)(<[^>]*>)?(?: (E[A-Z0-9]+) \([^)]*\))?( \(INJECTED\))?$/;

/** Reads a line of a trace; undefined for one that tells of no call that ended. */
export function parseTraceLine(line: string): TracedCall | undefined {
  const [matched, pid, name, args, result, returned, error, injected] = LINE.exec(line) ?? [];
  if (matched === undefined || name === undefined || args === undefined) return undefined;
  return {
    pid: Number(pid),
    name,
    words: argumentsOf(args),
    result: Number(result),
    returned,
    error,
    pretended: injected !== undefined,
  };
}

/** Cut at commas outside brackets; with -xx no string holds one. */
function argumentsOf(text: string): string[] {
  const words: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if ('{['.includes(char)) depth++;
    else if ('}]'.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      words.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' && words.length === 0 ? [] : [...words, last];
}
