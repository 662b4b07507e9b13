const NAMES = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN SEGV ' +
    'STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'
  ).split(' '),
);
/** The real-time signals count up from the first one and down from the last one, to the middle. */
const REAL_TIME = /^RT(?:MIN\+(\d{1,2})|MAX-(\d{1,2}))$/;

/** Whether Docker takes the text for a signal: a number that is not 0, or a Linux name with or without SIG. */
export function isSignal(text: string): boolean {
  if (/^[-+]?\d{1,18}$/.test(text)) return Number(text) !== 0;
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (NAMES.has(name)) return true;
  const [, up, down] = REAL_TIME.exec(name) ?? [];
  if (up !== undefined) return isBetween(up, 15);
  return down !== undefined && isBetween(down, 14);
}

function isBetween(digits: string, last: number): boolean {
  const number = Number(digits);
  return !digits.startsWith('0') && number >= 1 && number <= last;
}
