/** What unshare(1) or nsenter(1) says before the image's program runs, told from what that program says. */
export interface LauncherMessages {
  /** Takes a chunk of stderr; hands on what is RUN's own. */
  chunk(bytes: Uint8Array): void;
  /** To be called at the end. Returns why RUN could not be started, where that is what happened. */
  finish(exitCode: number): string | undefined;
}

const PREFIXES = ['unshare: ', 'nsenter: '];
/** Both are equally long. */
const PREFIX_BYTES = 9;

/** A message of the launcher is one line; what is longer is RUN's output. */
const MAX_HELD = 8192;

/**
 * Holds back a first line of stderr that begins as an error of these programs does, until the exit status shows whose it was.
 * The message itself may be translated, so it is only recognised by what it names.
 */
export function separateLauncherMessages(
  command: { readonly program: string; readonly workdir: string },
  onOutput: (chunk: Uint8Array) => void,
): LauncherMessages {
  let held: Buffer | undefined = Buffer.alloc(0);
  const letGo = (): void => {
    if (held !== undefined && held.length > 0) onOutput(held);
    held = undefined;
  };
  return {
    chunk: (bytes) => {
      if (held === undefined) return onOutput(bytes);
      held = Buffer.concat([held, bytes]);
      const start = held.subarray(0, PREFIX_BYTES).toString('latin1');
      if (!PREFIXES.some((prefix) => prefix === start || prefix.startsWith(start)) || held.length > MAX_HELD)
        letGo();
    },
    finish: (exitCode) => {
      const failure = held === undefined ? undefined : explain(held.toString('utf8'), command, exitCode);
      if (failure === undefined) letGo();
      return failure;
    },
  };
}

function explain(
  message: string,
  { program, workdir }: { readonly program: string; readonly workdir: string },
  exitCode: number,
): string | undefined {
  if (!PREFIXES.some((prefix) => message.startsWith(prefix)) || message.indexOf('\n') !== message.length - 1)
    return undefined;
  const reason = message.slice(message.lastIndexOf(': ') + 2).trim();
  if (exitCode === 127 && message.includes(` ${program}`)) {
    return program.includes('/')
      ? `${program} does not exist in the image, or its interpreter or loader does not`
      : `${program} was not found in the PATH of the image`;
  }
  if (exitCode === 126 && message.includes(` ${program}`)) return `${program} cannot be executed: ${reason}`;
  if (exitCode === 1 && message.includes(`'${workdir}'`)) {
    return `the working directory ${workdir} cannot be entered: ${reason}`;
  }
  return undefined;
}
