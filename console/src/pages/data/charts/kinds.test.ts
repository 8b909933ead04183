import { expect, test } from "vitest";
import { isChart, periodsInWords, rangeOf } from "./kinds";

test("bars on top of one another are shown whole, credit notes below the line", () => {
  const lines = [
    [100, -20],
    [50, -30],
  ];
  expect(rangeOf(lines, true)).toEqual([-50, 150]);
  expect(rangeOf(lines, false)).toEqual([-30, 100]);
  expect(rangeOf([], true)).toEqual([0, 1]);
});

test("a period is named by its first day, in no time zone but its own", () => {
  expect(periodsInWords(["2026-11-01"], "month")).toEqual(["Nov 2026"]);
  expect(periodsInWords(["2026-11-23", "2026-11-30"], "week")).toEqual(["23 Nov", "30 Nov"]);
  expect(periodsInWords(["2025-11-30", "2026-11-30"], "day")).toEqual(["30 Nov 2025", "30 Nov 2026"]);
  expect(periodsInWords([], "day")).toEqual([]);
});

test("what is no chart is told apart", () => {
  expect([isChart("hours"), isChart("constructor")]).toEqual([true, false]);
});
