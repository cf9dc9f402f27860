/**
 * SQL of the name by which time in a calendar is given away: the provider's calendar, the same in every account
 * of the workspace that lists it. The aliases are of a row of `calendars` and of its row of `connections`.
 */
export function remoteCalendar(calendar: string, connection: string): string {
  return `${calendar}.workspace_id || '/' || ${connection}.provider || '/' || lower(${calendar}.external_id)`;
}
