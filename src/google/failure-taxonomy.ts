import { FAILURE_TABLE } from './failure-table.js';
import {
  NAME_FIELDS,
  type FailureRow,
  type FailureSection,
  type Match,
  type NameField,
  type Verdict,
} from './failure-row.js';

const HEAD = `# What each failure of Google means

For whoever is on call. \`npm run taxonomy\` writes this page from the table that the service itself judges by
(\`src/google/failure-table.ts\`); change the table, never this page.

What the service met stands in a connection's \`last_error\` and in the log: \`code\` is in the second column here,
\`category\` (in the log \`class\`) in the third, and \`reason\` is the finest name that the answer carried.

- **How to look something up.** Go from the top to the bottom: of the sections for the endpoint that answered, the first
  line that fits decides. A 5xx, and what is no error by its status, is judged by nothing but that. Then names count
  that stand in a structured field, and then the status. Words meant for people, such as \`error_description\` or
  \`error.message\`, are never judged.
- **Names.** \`reason\` stands for \`error.details[].reason\`, \`error.errors[].reason\` and \`error.status\`.
- **Who must act.** *Nobody*: it passes by itself, or the answer does not tell.
- **Re-authorization.** *Yes*: the connection stops (\`needs_reauth\`) and nothing is asked for it any more. What the
  operator mends recovers by itself; after the user or the administrator acted, the owner consents again. *No*: the
  connection stays as it is, and works again as soon as the cause is gone.
- **Repeated.** *Yes*: at most twice more within the request's time, after \`Retry-After\` or a short pause. *After one
  refresh*: for calls of the Calendar API the token is refreshed and the call repeated once; when the fresh token is
  rejected as well, the connection stops with the code \`invalid_token\`. A refresh that failed is tried again 30 seconds
  later at the earliest, whatever stands here.
`;

const COLUMNS = [
  'Answer',
  'Code',
  'Category',
  'Who must act',
  'Re-authorization',
  'Repeated',
  'What it says',
  'Source',
];

/** The failure table as a page for people. A test keeps `docs/failure-taxonomy.md` equal to it. */
export function failureTaxonomy(): string {
  return [HEAD, ...FAILURE_TABLE.map(sectionText)].join('\n');
}

function sectionText(section: FailureSection): string {
  const rows = section.rows.map((row) => cells(row, section));
  const lines = [COLUMNS, COLUMNS.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `## ${section.title}\n\n${lines.join('\n')}\n`;
}

function cells(row: FailureRow, section: FailureSection): string[] {
  const { match, verdict, source } = row;
  return [
    answerText(match),
    codeText(row, section),
    quoted(verdict.category),
    verdict.actor === 'none' ? 'nobody' : verdict.actor,
    verdict.needsReauth ? '**yes**' : 'no',
    repeatText(verdict),
    verdict.message,
    source.startsWith('https://') ? `[${new URL(source).hostname}](${source})` : source,
  ];
}

const FIELD_NAMES: Readonly<Record<NameField, string>> = {
  error: '`error` ',
  subtype: '`error_subtype` ',
  reason: '`reason` ',
  transport: '',
  unreadable: '',
};

function answerText({ status, ...names }: Match): string {
  const range = typeof status === 'object' ? status.join(' to ') : status;
  const fields = NAME_FIELDS.flatMap((field) => {
    const listed = names[field];
    return listed === undefined ? [] : `${FIELD_NAMES[field]}${listed.map(quoted).join(', ')}`;
  });
  const parts = [...(range === undefined ? [] : [`status ${range}`]), ...fields];
  return parts.length === 0 ? 'anything else' : parts.join(' with ');
}

function codeText({ match, code }: FailureRow, { places }: FailureSection): string {
  const { status, error, reason } = match;
  if (code !== undefined) return quoted(code);
  if (error !== undefined || reason !== undefined) return 'the name';
  if (places.includes('entry')) return 'the name, or `unknown_reason`';
  return typeof status === 'number' ? quoted(`http_${status}`) : '`http_` and the status';
}

function repeatText({ category, needsReauth, retryable, pauseMs }: Verdict): string {
  if (pauseMs !== undefined) return `no; rests for ${pauseMs / 60_000} minutes`;
  if (category === 'expired_tokens' && !needsReauth) return 'after one refresh';
  return retryable ? 'yes' : 'no';
}

function quoted(text: string): string {
  return `\`${text}\``;
}
