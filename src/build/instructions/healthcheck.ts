import type { HealthcheckInstruction } from '../../dockerfile/index.ts';
import { goDuration, goQuote, goQuotedList, goQuotedNumber } from '../go-format.ts';
import type { StageState } from '../stage-state.ts';

/** HEALTHCHECK: what is not given is left out of the record. */
export function applyHealthcheck(instruction: HealthcheckInstruction, state: StageState): string {
  const { test, interval, timeout, startPeriod, startInterval, retries } = instruction;
  state.config = {
    ...state.config,
    Healthcheck: {
      Test: [...test],
      ...(interval !== 0 && { Interval: interval }),
      ...(timeout !== 0 && { Timeout: timeout }),
      ...(startPeriod !== 0 && { StartPeriod: startPeriod }),
      ...(startInterval !== 0 && { StartInterval: startInterval }),
      ...(retries !== 0 && { Retries: retries }),
    },
  };
  const durations = [interval, timeout, startPeriod, startInterval].map((value) =>
    goQuote(goDuration(value)),
  );
  return `HEALTHCHECK &{${goQuotedList(test)} ${durations.join(' ')} ${goQuotedNumber(retries)}}`;
}
