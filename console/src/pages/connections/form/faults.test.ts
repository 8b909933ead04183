import { expect, test } from "vitest";
import { at, elsewhere, Problem } from "../../../api/problem";
import { faultsIn, isSame } from "./faults";

const FAULTS = faultsIn(
  new Problem(422, "invalid", "The request is wrong", "", [
    { pointer: "/settings", code: "missing_key", detail: "lacks the key 'company'" },
    { pointer: "/settings/base_url", code: "bad_form", detail: "should be an address" },
    { pointer: "/policy/D21", code: "unknown_action", detail: "'x' is no action" },
    { pointer: "", code: "other", detail: "something else" },
  ]),
);

test("a missing setting is told at its field", () => {
  expect(at(FAULTS, "/settings/company")).toBe("is needed");
  expect(at(FAULTS, "/settings/base_url")).toBe("should be an address");
  expect(at(FAULTS, "/settings/base")).toBeUndefined();
});

test("what lies below a place is told at it", () => {
  expect(at(FAULTS, "/policy")).toBe("'x' is no action");
});

test("what no field shows is left for above the form", () => {
  expect(elsewhere(FAULTS, ["/settings", "/policy"]).map((one) => one.code)).toEqual(["other"]);
});

test("what is no problem of the API has no faults", () => {
  expect(faultsIn(new Error("broken"))).toEqual([]);
});

test("what has changed at a place since is told apart", () => {
  const before = { name: "", settings: { a: [1] } };
  const now = { name: "beta", settings: { a: [1], b: "x" } };
  expect(isSame(before, now, "/name")).toBe(false);
  expect(isSame(before, now, "/settings/a")).toBe(true);
  expect(isSame(before, now, "/settings/b")).toBe(false);
  expect(isSame(before, now, "/secrets/key")).toBe(true);
  expect(isSame(before, now, "")).toBe(false);
});
