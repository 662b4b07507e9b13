import { BuildError } from '../errors/index.ts';

/** The part of `process` that tells of signals. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * An AbortSignal that the first SIGINT or SIGTERM aborts, with the signal's name as reason. A second one calls
 * `giveUp`: whoever asks twice does not want to wait for the tidying up.
 */
export function abortOnSignals(
  source: SignalSource,
  giveUp: (signal: (typeof SIGNALS)[number]) => void,
): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController();
  const listeners = SIGNALS.map((name) => {
    const listener = (): void => (controller.signal.aborted ? giveUp(name) : controller.abort(name));
    source.on(name, listener);
    return [name, listener] as const;
  });
  return {
    signal: controller.signal,
    dispose: () => listeners.forEach(([name, listener]) => source.off(name, listener)),
  };
}

/** The error itself; after a signal CANCELLED, as whatever broke then broke because of it. */
export function orCancelled(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted ? new BuildError('CANCELLED', 'the build was cancelled', { cause: error }) : error;
}
