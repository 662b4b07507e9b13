/**
 * A date as HTTP headers carry it (RFC 9110, 5.6.7, the two obsolete forms too) in seconds since the epoch; undefined
 * for anything else.
 */
export function parseHttpDate(text: string): number | undefined {
  const hasZone = /\bGMT$/.test(text);
  const isAsctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/.test(text);
  const isDay = /^[A-Z][a-z]+, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/.test(text);
  if (!isDay && !isAsctime) return undefined;
  const milliseconds = Date.parse(hasZone ? text : `${text} GMT`);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
