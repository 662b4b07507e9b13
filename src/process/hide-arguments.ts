/**
 * Takes the arguments of this process out of what every process of the machine can read of it (`/proc/PID/cmdline`), and
 * leaves a name: where `/proc` cannot be mounted anew RUN sees it. To be called once the arguments have been read;
 * `process.argv` keeps them. proc(5).
 */
export function hideArguments(name: string): void {
  // Node writes the title over the arguments, where the kernel reads them, and fills up with zeros.
  process.title = name;
}
