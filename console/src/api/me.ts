// Who is signed in and which operations they may call: what they may not, is not offered.

import { api } from "./client";

/** Returns who is signed in (undefined while that is asked) and `may("POST /connections")`. */
export function useMe() {
  const { data, error, refetch } = api.useQuery("get", "/me", {}, { staleTime: 5 * 60_000 });
  return {
    me: data,
    /** Why it is not known who that is; a person in none of the groups is refused, for one. */
    trouble: data === undefined ? error : null,
    askAgain: () => void refetch(),
    may: (operation: string) => data?.operations.includes(operation) ?? false,
  };
}
