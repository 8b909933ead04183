// A connection as it is stored, with its ETag: what is changed or removed is what was seen.

import { client, type Model } from "../../api/client";
import { type Tagged, useTagged } from "../../api/tagged";

export type Stored = Tagged<Model<"ConnectionModel">>;

/** `every` is how often it is asked for anew, in milliseconds; without, once: a form must not change under a hand. */
export function useStored(name: string, every?: number) {
  const ask = () => client.GET("/connections/{name}", { params: { path: { name } } });
  return useTagged(["connection", name, every ?? "once"], ask, {
    refetchInterval: every ?? false,
    refetchOnWindowFocus: every !== undefined,
    staleTime: every === undefined ? Number.POSITIVE_INFINITY : 0,
    gcTime: every === undefined ? 0 : undefined,
  });
}
