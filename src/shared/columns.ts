import { Column, type ColumnOptions } from 'typeorm';

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
