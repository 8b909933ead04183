import { expect, test } from "vitest";
import type { Model } from "../../api/client";
import { standingOf } from "./standing";

type Run = Model<"RunSummary">;

const run = (status: string, error: string | null = null) =>
  ({ id: "1", status, error, connection: "acme" }) as unknown as Run;
const stream = (held: string | null) => ({ stream: "customer", committed_at: null, lag: null, held });
const health = (last: Run | null, held: string[] = [], needs = 0) => ({
  last_run: last,
  streams: held.map(stream),
  needs,
});
const known = { note: "", paused: false };

test("what a person has to do comes before how the last run was", () => {
  expect(standingOf({ ...known, note: "must be ..." }, health(run("failed"))).text).toBe(
    "must be authorised",
  );
});

test("a failed run is told with its error, also of a paused connection", () => {
  const found = standingOf({ ...known, paused: true }, health(run("failed", "ErpUnavailable")));
  expect(found).toEqual({ type: "error", text: "failed: ErpUnavailable" });
});

test("held streams are counted", () => {
  expect(standingOf(known, health(run("held"), ["a"])).text).toBe("1 stream held");
  expect(standingOf(known, health(run("held"), ["a", "b"])).text).toBe("2 streams held");
});

test("a paused one is paused, one without runs has not run, and all else is fine", () => {
  expect(standingOf({ ...known, paused: true }, health(run("succeeded"))).type).toBe("stopped");
  expect(standingOf(known, undefined).type).toBe("loading");
  expect(standingOf(known, health(null)).text).toBe("has not run yet");
  expect(standingOf(known, health(run("succeeded"))).type).toBe("success");
  expect(standingOf(known, health(run("succeeded"), [], 1)).text).toBe("1 matter to look at");
});
