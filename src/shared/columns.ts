import { Column, type ColumnOptions, type ObjectLiteral, type Repository } from 'typeorm';

/** `timestamptz(3)` read and written as {@link Instant}: milliseconds are all that JavaScript keeps. */
export function InstantColumn(name: string, options: ColumnOptions = {}): PropertyDecorator {
  return Column({
    name,
    type: 'timestamptz',
    precision: 3,
    transformer: {
      to: (at: number | null | undefined) => (typeof at === 'number' ? new Date(at) : at),
      from: (at: Date | null) => at?.getTime() ?? null,
    },
    ...options,
  });
}

/** A row that a statement of our own answered with (`RETURNING *`), as the entity that the repository would have read. */
export function entityOf<E extends ObjectLiteral>(
  rows: Repository<E>,
  row: Readonly<Record<string, unknown>>,
): E {
  const { driver } = rows.manager.connection;
  const members = rows.metadata.columns.map((column) => {
    const value: unknown = driver.prepareHydratedValue(row[column.databaseName], column);
    return [column.propertyName, value] as const;
  });
  return Object.assign(rows.create(), Object.fromEntries(members));
}
