import { expect, test } from "vitest";
import { differing } from "./differing";

test("of two records only what differs is told", () => {
  expect(differing({ id: "1", name: "A", tags: [1] }, { id: "1", name: "B", tags: [1] })).toEqual({
    name: "A",
  });
});

test("a field that only one of them has differs", () => {
  expect(differing({ id: "1", name: "A" }, { id: "1" })).toEqual({ name: "A" });
});

test("without another record it is told whole", () => {
  expect(differing({ id: "1" }, null)).toEqual({ id: "1" });
});
