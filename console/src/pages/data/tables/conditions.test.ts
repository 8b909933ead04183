import { expect, test } from "vitest";
import { askedBy, filteredBy, read, tokensOf, written } from "./conditions";

const TOKENS = [
  { propertyKey: "status", operator: "=", value: "open" },
  { propertyKey: "status", operator: "=", value: "paid" },
  { propertyKey: "due_date", operator: "<", value: "2026-12-01" },
  { propertyKey: "number", operator: ":", value: "17" },
  { operator: ":", value: "norlys" },
];
const ASKED = {
  text: "norlys",
  conditions: {
    status: { "=": ["open", "paid"] },
    due_date: { "<": "2026-12-01" },
    number: { contains: "17" },
  },
};

test("tokens become conditions, and conditions tokens", () => {
  expect(askedBy(TOKENS)).toEqual(ASKED);
  expect(tokensOf(ASKED)).toEqual(TOKENS);
});

test("of several values with one operator of order the last counts", () => {
  const tokens = ["1", "2"].map((value) => ({ propertyKey: "hours", operator: ">", value }));
  expect(askedBy(tokens).conditions).toEqual({ hours: { ">": "2" } });
});

test("an address holds conditions, and one that holds something else asks for nothing", () => {
  expect(read(written(ASKED.conditions) ?? "")).toEqual(ASKED.conditions);
  expect(written({})).toBeUndefined();
  for (const wrong of ["", "{", "[]", "null", '"x"', '{"a": "b"}', '{"a": {"=": 1}}', '{"a": [["="]]}']) {
    expect(read(wrong)).toEqual({});
  }
  const query = new URLSearchParams(filteredBy({ name: "A & B=1" }));
  expect(read(query.get("filter") ?? "")).toEqual({ name: { "=": "A & B=1" } });
});
