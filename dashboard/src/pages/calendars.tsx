import { CalendarList } from '../ui/calendar-table.js';
import { Page } from '../ui/page.js';

export function CalendarsPage({ query }: { readonly query: URLSearchParams }) {
  return (
    <Page title="Calendars">
      <CalendarList query={query} workspaceId={null} />
    </Page>
  );
}
