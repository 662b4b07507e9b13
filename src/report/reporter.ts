import { type SourceLocation } from '../errors/index.ts';

/** What the build tells while it runs. Fronts decide how it looks (plain, colour, JSON, workflow commands). */
export interface Reporter {
  debug(message: string): void;
  info(message: string): void;
  /** `location` is the place in the Dockerfile the warning is about. */
  warn(message: string, location?: SourceLocation): void;
  /** A step of a stage begins. `index` is 1-based within `total`. */
  stepStarted(step: StepLabel): void;
  /** A chunk of RUN's output, raw bytes as text; never to be interpreted. */
  stepOutput(step: StepLabel, stream: 'stdout' | 'stderr', text: string): void;
  stepFinished(step: StepLabel, outcome: StepOutcome): void;
  /** Bytes of a transfer that has a known size. Called often; fronts throttle. */
  transfer(transfer: Transfer): void;
}

export interface StepLabel {
  readonly stage: string;
  readonly index: number;
  readonly total: number;
  /** The instruction as written, one line. */
  readonly text: string;
  readonly line: number;
}

export interface StepOutcome {
  readonly milliseconds: number;
  readonly state: 'done' | 'failed' | 'cached';
  /** Size of the layer this step made, compressed; undefined where it made none. */
  readonly layerBytes?: number | undefined;
}

export interface Transfer {
  readonly direction: 'pull' | 'push';
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** Set once the transfer ended; `reused` where no byte had to move. */
  readonly state?: 'done' | 'reused' | undefined;
}
