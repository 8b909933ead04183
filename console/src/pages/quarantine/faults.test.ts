import { expect, test } from "vitest";
import { faultsOf } from "./faults";

const said = (message: string) => faultsOf({ faults: [{ code: "a", pointer: "/x", message }] })[0]?.detail;

test("a change is told in words", () => {
  expect(said("D52 null_where_never_null at a.name: was never null, is null in 1 of 9 places")).toBe(
    "Null where never null (D52): was never null, is null in 1 of 9 places",
  );
});

test("what else is wrong is told as it stands", () => {
  const message = "type is the text 'D1 x at y: was'; should be one of A, B";
  expect(said(message)).toBe(message);
});

test("a fault without a message has its code", () => {
  expect(faultsOf({ faults: [{ code: "unknown_code" }] })).toEqual([
    { pointer: "", code: "unknown_code", detail: "unknown_code" },
  ]);
});
