/** What the service answers with: its own types, so that neither side can change alone. */
export type { ReportStatus } from '../../../src/health/calendar-health-report.js';
export type { CalendarSort, CalendarStatus } from '../../../src/health/calendar-listing.js';
export type { WorkspaceSort } from '../../../src/health/workspace-listing.js';
export type {
  CalendarRowView,
  OverviewView,
  SharedIssueView,
  WorkspaceOverviewView,
  WorkspaceRowView,
} from '../../../src/health/health-overview-view.js';
export type { RecommendationView, SweepView } from '../../../src/health/health-report-view.js';
export type {
  CalendarLevelView,
  LevelView,
  OutageView,
  ServiceLevelsView,
  TrendPointView,
  TrendView,
} from '../../../src/health/history-view.js';
export type { FailureCategory } from '../../../src/shared/failure.js';

export interface ListView<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface TokenSweepView {
  readonly checked: number;
  readonly refreshed: number;
  readonly needs_reauth: number;
  readonly failed: number;
}

export interface JobRunView {
  readonly scheduled_at: string;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly duration_ms: number | null;
  readonly instance: string;
  readonly result: 'ok' | 'partial' | 'failed' | 'interrupted' | 'running';
  readonly detail: string | null;
}

export interface JobView {
  readonly name: string;
  readonly cron: string;
  readonly last_run: JobRunView | null;
  readonly next_run_at: string | null;
  readonly recent_runs: readonly JobRunView[];
}
