import type { ReportStatus } from '../calendar-health-report.js';

export const EXIT_STATUS: Readonly<Record<ReportStatus, number>> = { healthy: 0, partial: 1, critical: 2 };
