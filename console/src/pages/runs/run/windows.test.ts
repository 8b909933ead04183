import { expect, it } from "vitest";
import { factsOf, shareOf, whatIsLeft } from "./windows";

const HALF = {
  backfill: "acme-backfill-1",
  windows: 300,
  done: 299,
  failed: 1,
  reading: 0,
  records: 1_234_567,
  per_second: 1250.5,
  seconds_left: 90,
  can_be_resumed: false,
};

it("says that all is done only when it is", () => {
  expect(shareOf(HALF)).toBe(99);
  expect(shareOf({ ...HALF, done: 300 })).toBe(100);
  expect(shareOf({ ...HALF, done: 0, windows: 0 })).toBe(0);
});

it("says what becomes of windows that are left", () => {
  expect(whatIsLeft({ ...HALF, failed: 0 }, true)).toBeUndefined();
  expect(whatIsLeft(HALF, true)).toMatch("1 failed. They are read by the run that resumes");
  expect(whatIsLeft(HALF, false)).toBe("1 window is left.");
  expect(whatIsLeft({ ...HALF, done: 200, can_be_resumed: true }, false)).toBe(
    "100 windows are left: what came is kept, and the rest can be read by resuming.",
  );
  expect(whatIsLeft({ ...HALF, done: 300 }, false)).toBeUndefined();
});

it("says how long it will take only while it goes on", () => {
  const labels = (going: boolean) => factsOf(HALF, going).map((fact) => fact.label);
  expect(labels(true)).toContain("Time left, as it goes on now");
  expect(labels(false)).not.toContain("Time left, as it goes on now");
  expect(factsOf(HALF, true).at(-1)?.value).toBe("1 min 30 s");
  expect(factsOf({ ...HALF, seconds_left: null }, true).at(-1)?.value).toBe("–");
  expect(factsOf(HALF, false).map((fact) => fact.value)).toEqual(["1", "1,234,567", "1,250.5"]);
});
