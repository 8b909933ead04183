// Things that can be changed come with an ETag, which goes into If-Match when they are.

import { type UseQueryOptions, useQuery } from "@tanstack/react-query";

export interface Tagged<Found> {
  found: Found;
  etag: string | undefined;
}

interface Answer<Found> {
  data?: Found;
  response: Response;
}

type Options<Found> = Pick<
  UseQueryOptions<Tagged<Found>>,
  "refetchInterval" | "refetchOnWindowFocus" | "staleTime" | "gcTime"
>;

/**
 * A query whose ETag is kept beside what it found:
 * `useTagged(["change", id], () => client.GET("/changes/{id}", {params: {path: {id}}}))`.
 */
export function useTagged<Found>(
  key: readonly unknown[],
  ask: () => Promise<Answer<Found>>,
  options: Options<Found> = {},
) {
  return useQuery<Tagged<Found>>({
    queryKey: key,
    queryFn: async () => {
      const { data, response } = await ask();
      if (data === undefined) {
        throw new Error(`the API answered ${response.status} without a body`);
      }
      return { found: data, etag: response.headers.get("ETag") ?? undefined };
    },
    ...options,
  });
}
