import type { ReportStatus } from '../calendar-health-report.js';
import { unjudgedIn, type ConnectionSweep } from '../connection-sweep.js';

export const EXIT_STATUS: Readonly<Record<ReportStatus, number>> = { healthy: 0, partial: 1, critical: 2 };

/** A check that could not judge every account is no success, however well the others do. */
export function exitStatusOf(status: ReportStatus, sweep: ConnectionSweep): number {
  return unjudgedIn(sweep) === 0 ? EXIT_STATUS[status] : Math.max(EXIT_STATUS[status], EXIT_STATUS.partial);
}
