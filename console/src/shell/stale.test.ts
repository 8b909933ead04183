import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { staleOf } from "./stale";

test("what is shown and is not answered any more is told, until it is again or nobody looks at it", async () => {
  const queries = new QueryClient();
  let broken = false;
  const ask = async () => {
    if (broken) {
      throw new Error("no answer");
    }
    return "found";
  };
  const observer = new QueryObserver(queries, { queryKey: ["runs"], queryFn: ask, retry: false });
  const leave = observer.subscribe(() => undefined);
  await observer.refetch();
  expect(staleOf(queries.getQueryCache())).toBeNull();

  broken = true;
  await observer.refetch();
  expect(observer.getCurrentResult().data).toBe("found");
  expect(staleOf(queries.getQueryCache())?.message).toBe("no answer");

  leave();
  expect(staleOf(queries.getQueryCache())).toBeNull();
});

test("what was never there is its page's own trouble", async () => {
  const queries = new QueryClient();
  const ask = async () => {
    throw new Error("no answer");
  };
  const observer = new QueryObserver(queries, { queryKey: ["runs"], queryFn: ask, retry: false });
  const leave = observer.subscribe(() => undefined);
  await observer.refetch();
  expect(staleOf(queries.getQueryCache())).toBeNull();
  leave();
});
