import type { CheckedCalendarView, HealthReportView, IssueView } from '../health-report-view.js';
import { printable, textTable, type Cell, type Colour, type Paint } from '../../shared/text-table.js';

const COLOURS: Readonly<Record<string, Colour>> = {
  healthy: 'green',
  partial: 'yellow',
  warning: 'yellow',
  unknown: 'yellow',
  critical: 'red',
  unhealthy: 'red',
};

/** The report for a person to read. `verbose` adds every calendar, and to each issue what ends it. */
export function reportText(report: HealthReportView, verbose: boolean, paint: Paint): string {
  const sections = [
    summary(report, paint),
    workspaceTable(report, paint),
    verbose ? calendarTable(report, paint) : [],
    verbose ? issueDetails(report, paint) : issueTable(report, paint),
    recommendations(report, paint),
  ];
  const filled = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${filled.join('\n\n')}\n`;
}

function summary({ status, totals, generated_at }: HealthReportView, paint: Paint): string[] {
  return [
    `Calendar health: ${paint(status, COLOURS[status] ?? 'bold')} (${generated_at})`,
    `${verdict(totals)}${totals.unknown_calendars > 0 ? `, ${totals.unknown_calendars} not checked yet` : ''}.`,
  ];
}

function verdict({ calendars, unhealthy_calendars: failing }: HealthReportView['totals']): string {
  if (calendars === 0) return 'No calendar is connected';
  const all = `${calendars} ${calendars === 1 ? 'calendar' : 'calendars'}`;
  return failing === 0 ? `No failures among ${all}` : `${failing} of ${all} cannot be read`;
}

function workspaceTable({ workspaces }: HealthReportView, paint: Paint): string[] {
  if (workspaces.length === 0) return [];
  const head = ['WORKSPACE', 'STATUS', 'ACCOUNTS', 'CALENDARS', 'HEALTHY', 'UNHEALTHY', 'UNKNOWN'];
  const rows = workspaces.map(({ name, status, totals }) => [
    name,
    coloured(status),
    String(totals.connections),
    String(totals.calendars),
    String(totals.healthy_calendars),
    String(totals.unhealthy_calendars),
    String(totals.unknown_calendars),
  ]);
  return textTable(head, rows, paint);
}

function calendarTable({ workspaces }: HealthReportView, paint: Paint): string[] {
  const rows = workspaces.flatMap(({ name, calendars }) =>
    calendars.map((calendar) => [
      name,
      calendar.account_email,
      calendar.name,
      coloured(calendar.status),
      calendar.category ?? '-',
      calendar.checked_at ?? 'never',
    ]),
  );
  const head = ['WORKSPACE', 'ACCOUNT', 'CALENDAR', 'STATUS', 'CATEGORY', 'CHECKED'];
  return rows.length === 0 ? [] : textTable(head, rows, paint);
}

function issueTable(report: HealthReportView, paint: Paint): string[] {
  if (report.issues.length === 0) return [];
  const names = calendarNames(report);
  const rows = report.issues.map((issue) => [
    coloured(issue.severity),
    issue.account_email ?? '-',
    nameOf(issue, names),
    issue.category,
    issue.since,
  ]);
  return textTable(['SEVERITY', 'ACCOUNT', 'CALENDAR', 'CATEGORY', 'SINCE'], rows, paint);
}

function issueDetails(report: HealthReportView, paint: Paint): string[] {
  const names = calendarNames(report);
  const blocks = report.issues.map((issue) => [
    `${paint(issue.severity, COLOURS[issue.severity] ?? 'bold')}: ${subjectOf(issue, names)}, ` +
      `${issue.category} since ${issue.since}`,
    `  ${printable(issue.message)}`,
    `  ${issue.resolution}`,
    ...(issue.reauth_url === null ? [] : [`  ${issue.reauth_url}`]),
  ]);
  return blocks.length === 0 ? [] : [paint('ISSUES', 'bold'), ...blocks.flat()];
}

function recommendations({ recommendations: list }: HealthReportView, paint: Paint): string[] {
  if (list.length === 0) return [];
  const lines = list.flatMap(({ priority, message, action }) => [
    `${priority}. ${printable(message)}`,
    `   ${printable(action)}`,
  ]);
  return [paint('WHAT TO DO', 'bold'), ...lines];
}

function calendarNames({ workspaces }: HealthReportView): ReadonlyMap<string, string> {
  const calendars: CheckedCalendarView[] = workspaces.flatMap((workspace) => workspace.calendars);
  return new Map(calendars.map(({ calendar_id, name }) => [calendar_id, name]));
}

function subjectOf(issue: IssueView, names: ReadonlyMap<string, string>): string {
  const name = printable(nameOf(issue, names));
  return issue.account_email === null ? name : `${name} of ${printable(issue.account_email)}`;
}

function nameOf({ calendar_id, webhook_id }: IssueView, names: ReadonlyMap<string, string>): string {
  if (webhook_id !== null) return `webhook ${webhook_id}`;
  return (calendar_id === null ? undefined : names.get(calendar_id)) ?? '(whole account)';
}

function coloured(status: string): Cell {
  return { text: status, colour: COLOURS[status] ?? 'bold' };
}
