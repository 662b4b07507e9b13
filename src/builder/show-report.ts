import { assertNever } from '../errors/index.ts';
import type { Reporter } from '../report/index.ts';
import type { Report } from './messages.ts';

/** Passes on what the building process tells. */
export function showReport(report: Report, reporter: Reporter): void {
  switch (report.what) {
    case 'debug':
      return reporter.debug(report.message);
    case 'info':
      return reporter.info(report.message);
    case 'warn':
      return reporter.warn(report.message, report.location as Parameters<Reporter['warn']>[1]);
    case 'stepStarted':
      return reporter.stepStarted(report.step);
    case 'stepOutput':
      return reporter.stepOutput(report.step, report.stream, report.text);
    case 'stepFinished':
      return reporter.stepFinished(report.step, report.outcome);
    default:
      return assertNever(report);
  }
}
