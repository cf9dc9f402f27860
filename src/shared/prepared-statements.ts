import { Client, type ClientConfig } from 'pg';

const MARK = /^\/\* prepared ([a-z_]+) \*\//;

/**
 * A statement that takes long to plan, to be planned once per connection. Only for one that names all columns of its
 * answer: a change of the table under `*` breaks what was planned. The name travels in the text, because the data source
 * hands on nothing else.
 */
export function prepared(name: string, statement: string): string {
  return `/* prepared ${name} */ ${statement}`;
}

/** A database connection that keeps the plans of {@link prepared} statements. */
export class PreparingClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    const query: (...call: unknown[]) => unknown = this.query.bind(this);
    Object.assign(this, {
      query: (statement: unknown, ...values: unknown[]) => query(withName(statement), ...values),
    });
  }
}

function withName(statement: unknown): unknown {
  const name = typeof statement === 'string' ? MARK.exec(statement)?.[1] : undefined;
  return name === undefined ? statement : { name, text: statement };
}
