import { expect, test } from "vitest";
import { chosenOf, expressionOf, USUAL } from "./schedule";

test("what is chosen is written as EventBridge Scheduler has it", () => {
  expect(expressionOf({ ...USUAL, mode: "hand" })).toBeNull();
  expect(expressionOf({ ...USUAL, every: "1" })).toBe("rate(1 hour)");
  expect(expressionOf({ ...USUAL, every: "15", unit: "minutes" })).toBe("rate(15 minutes)");
  expect(expressionOf({ ...USUAL, mode: "daily", time: "05:09" })).toBe("cron(9 5 * * ? *)");
});

test("what is left empty is an empty text, not no schedule", () => {
  expect(expressionOf({ ...USUAL, every: " " })).toBe("");
  expect(expressionOf({ ...USUAL, mode: "daily", time: "" })).toBe("");
  expect(expressionOf({ ...USUAL, mode: "cron" })).toBe("");
});

test.each([
  "rate(1 hour)",
  "rate(30 minutes)",
  "rate(7 days)",
  "cron(0 5 * * ? *)",
  "cron(0/15 6-18 ? * MON-FRI *)",
  null,
])("%s comes back as it was", (expression) => {
  expect(expressionOf(chosenOf(expression))).toBe(expression);
});
