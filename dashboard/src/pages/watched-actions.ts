import { useEffect, useState } from 'react';
import { useLive, type Live } from '../api/use-live.js';
import { useActions, type Actions } from '../ui/actions.js';

/** A summary that is watched, more closely while something that was set going on the page runs. */
export function useWatchedActions<T>(
  path: string,
  workspaceId: string | null,
): { readonly live: Live<T>; readonly actions: Actions } {
  const [since, setSince] = useState<string | null>(null);
  const query = since === null ? '' : `?checked_since=${encodeURIComponent(since)}`;
  const live = useLive<T>(path + query, since === null ? 'usually' : 'closely');
  const { look } = live;
  const actions = useActions(workspaceId, look);
  useEffect(() => setSince(actions.since), [actions.since]);
  return { live, actions };
}
