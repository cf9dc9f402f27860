const NEW_WORKSPACE = `curl -s ${location.origin}/api/admin/workspaces \\
  -H "Authorization: Bearer $ADMIN_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"name": "Acme", "timezone": "Europe/Berlin"}'`;

const NEW_ACCOUNT = `curl -s ${location.origin}/api/oauth/google/authorize \\
  -H "Authorization: Bearer $WORKSPACE_KEY" \\
  -H "Content-Type: application/json" -d '{}'`;

/** What to do first, where there is nothing to look at yet. */
export function FirstSteps({ hasWorkspace }: { readonly hasWorkspace: boolean }) {
  return (
    <section className="card first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">{hasWorkspace ? 'No calendar is connected yet' : 'Nothing to look after yet'}</h2>
      <p>Calendars show up here by themselves, as soon as an account is connected.</p>
      <ol>
        {hasWorkspace ? null : (
          <li>
            <h3>Create a workspace</h3>
            <p>The answer shows its key, once.</p>
            <Code text={NEW_WORKSPACE} label="Command that creates a workspace" />
          </li>
        )}
        <li>
          <h3>Connect a Google account</h3>
          <p>
            Open the <code>authorization_url</code> of the answer in a browser, and consent.
          </p>
          <Code text={NEW_ACCOUNT} label="Command that begins to connect an account" />
        </li>
        <li>
          <h3>Say what can be booked</h3>
          <p>
            <code>POST /api/calendars/configurations</code>; the <a href="/docs">API documentation</a> shows
            how.
          </p>
        </li>
      </ol>
    </section>
  );
}

/** It may be wider than the page, and must be reachable by the keyboard to be scrolled. */
function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <pre tabIndex={0} role="region" aria-label={label}>
      <code>{text}</code>
    </pre>
  );
}
