/**
 * Runs `work` for every item, at most `limit` at a time. After a throw nothing more is begun; what runs comes to its
 * end, and then the throw is passed on.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = each(items);
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  const lanes = Array.from({ length: Math.min(limit, items.length) }, lane);
  await Promise.allSettled(lanes);
  await Promise.all(lanes);
}

/** Unlike the iterator of an array, a generator ends for all when one of its readers leaves it with a throw. */
function* each<T>(items: readonly T[]): Generator<T> {
  yield* items;
}
