/** What a scheduled run has to tell. `partial`: it came to its end, and met errors. */
export interface JobOutcome {
  readonly result: 'ok' | 'partial' | 'failed';
  /** A few words for the operator: counts mostly, never anything of a tenant's. */
  readonly detail: string | null;
}

/** A run that came to its end. Its counts are its detail; `errors` tells which of them are errors, if not 0. */
export function outcomeOf<Name extends string>(
  counts: Readonly<Record<Name, number>>,
  errors: readonly NoInfer<Name>[] = [],
): JobOutcome {
  const detail = Object.entries<number>(counts).map(
    ([name, count]) => `${count} ${name.replaceAll('_', ' ')}`,
  );
  return { result: errors.some((name) => counts[name] > 0) ? 'partial' : 'ok', detail: detail.join(', ') };
}
