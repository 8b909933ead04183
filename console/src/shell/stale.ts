// What is on the page and could not be asked for anew: it is still shown, and nobody would see that it is old.

import { notifyManager, type QueryCache, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";

/** Returns why something that is shown was not answered anew; null where all of it was. */
export const staleOf = (cache: QueryCache): Error | null =>
  cache.getAll().find((one) => one.isActive() && one.state.status === "error" && one.state.data !== undefined)
    ?.state.error ?? null;

export function useStale(): Error | null {
  const cache = useQueryClient().getQueryCache();
  const listen = useCallback(
    (listener: () => void) => cache.subscribe(notifyManager.batchCalls(listener)),
    [cache],
  );
  return useSyncExternalStore(listen, () => staleOf(cache));
}
