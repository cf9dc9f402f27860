import { Link } from '../router.js';
import { Page } from '../ui/page.js';

export function NotFoundPage() {
  return (
    <Page title="Nothing is here">
      <p>
        The address leads nowhere. <Link to="/">Go to the overview.</Link>
      </p>
    </Page>
  );
}
