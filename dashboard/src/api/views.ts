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
export type { RefreshTokensAnswer as TokenSweepView } from '../../../src/health/http/calendar-health.dto.js';
export type { JobDto as JobView, JobRunDto as JobRunView } from '../../../src/health/http/jobs.dto.js';
export type { FailureCategory } from '../../../src/shared/failure.js';

export interface ListView<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
}
