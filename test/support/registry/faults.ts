import { type Step } from './route.ts';

/** One way to fail. */
export type Fault =
  /** Answers with this, and does nothing else. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Breaks the connection after so many bytes of the body, of the answer or (for uploads) of the request. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Changes the body before it is sent; its length is told as it then is. */
  | { readonly kind: 'body'; readonly change: (body: Buffer) => Buffer }
  /** Adds or replaces headers of the answer; undefined removes one. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string | undefined>> }
  /** Changes the Location of the answer. */
  | { readonly kind: 'location'; readonly change: (location: string) => string }
  /** Resets the connection (RST) before the answer, or after so many bytes of its body. */
  | { readonly kind: 'reset'; readonly after?: number }
  /** Goes silent before the answer, or after so many bytes of its body. The connection stays open. */
  | { readonly kind: 'stall'; readonly after?: number }
  /** Sends the body a byte every so many milliseconds. */
  | { readonly kind: 'dribble'; readonly everyMs: number }
  /** Answers without reading the request, and closes the connection. */
  | { readonly kind: 'hasty'; readonly status: number }
  /** Writes these bytes in place of an answer, and closes the connection. */
  | { readonly kind: 'raw'; readonly text: string }
  /** Closes the connection after the answer without saying so: the next request finds it dead. */
  | { readonly kind: 'idle-close' }
  /** Sends the whole in answer to a Range. */
  | { readonly kind: 'no-range' }
  /** Waits before it goes on. */
  | { readonly kind: 'wait'; readonly until: Promise<unknown> };

export interface Faults<S extends string = Step> {
  /** Makes the next requests of a step fail: `times` of them (1), after letting `skip` (0) pass. */
  inject(step: S, fault: Fault, options?: { readonly times?: number; readonly skip?: number }): void;
  clear(): void;
}

interface Pending {
  readonly step: string;
  readonly fault: Fault;
  times: number;
  skip: number;
}

/** Faults and the question which of them apply to a request now. */
export function createFaults<S extends string = Step>(): Faults<S> & { take(step: S): readonly Fault[] } {
  let pending: Pending[] = [];
  return {
    inject(step, fault, { times = 1, skip = 0 } = {}) {
      pending.push({ step, fault, times, skip });
    },
    clear() {
      pending = [];
    },
    take(step) {
      const due = pending.filter((entry) => entry.step === step && entry.times > 0 && entry.skip-- <= 0);
      for (const entry of due) entry.times -= 1;
      return due.map(({ fault }) => fault);
    },
  };
}

export function findFault<K extends Fault['kind']>(
  faults: readonly Fault[],
  kind: K,
): Extract<Fault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
}
