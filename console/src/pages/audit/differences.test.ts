import { expect, test } from "vitest";
import { ACTIONS, inWords } from "../../parts/actions";
import { differences } from "./differences";

test("what changed comes first, the rest as it was", () => {
  const found = differences(
    { name: "acme", paused: false, streams: ["a"] },
    { name: "acme", paused: true, streams: ["a"] },
  );
  expect(found[0]).toEqual({ name: "paused", before: "false", after: "true", changed: true });
  expect(found.slice(1).map((one) => one.changed)).toEqual([false, false]);
  expect(found[2]?.after).toBe('["a"]');
});

test("with nothing to compare nothing is said to have changed", () => {
  const found = differences({}, { name: "acme", schedule: null });
  expect(found.map((one) => [one.name, one.before, one.after, one.changed])).toEqual([
    ["name", "", "acme", false],
    ["schedule", "", "", false],
  ]);
});

test("an action is told in words, and one that is new by its name", () => {
  expect(inWords("runs.stop")).toBe("stopped a run");
  expect(inWords("moons.blow")).toBe("moons.blow");
  expect(ACTIONS).toContain("connections");
  expect(ACTIONS).toContain("connections.pause");
});
