const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MICROSECOND = 1_000n;
/** Some 34,000 years either way: beyond what any file system stores, and still exact as a number. */
const MAX_SECONDS = 2n ** 40n;

/** Numbers near the present are a quarter of a microsecond apart: this much more, and none falls below its microsecond. */
const ROUNDING = 0.3e-6;

/**
 * A time in nanoseconds as `node:fs` takes it, cut to whole microseconds: it works with floating-point seconds, which
 * hold no more. Text, because a negative number would be taken for the present.
 */
export function toFileTime(timeNs: bigint): string {
  const rest = ((timeNs % NS_PER_SECOND) + NS_PER_SECOND) % NS_PER_SECOND;
  const seconds = clamp((timeNs - rest) / NS_PER_SECOND);
  if (rest < NS_PER_MICROSECOND) return String(seconds);
  const fraction = Number(rest / NS_PER_MICROSECOND) / 1e6 + (seconds < 0n ? 0 : ROUNDING);
  return String(Number(seconds) + fraction);
}

function clamp(seconds: bigint): bigint {
  if (seconds > MAX_SECONDS) return MAX_SECONDS;
  return seconds < -MAX_SECONDS ? -MAX_SECONDS : seconds;
}
