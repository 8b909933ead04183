import { expect, test } from "vitest";
import { certificateOf } from "./certificate";

test("rules come with what was seen, or why they do not apply", () => {
  const found = certificateOf({
    certified: "2026-11-22",
    changed: false,
    left_out: ["1 requests at once"],
    rules: {
      full_sync: { status: "done", seen: "580 records" },
      throttled: { status: "done", seen: ["a", "b"] },
      session_expiry: { status: "exempt", reason: "no login" },
    },
  });
  expect(found.leftOut).toBe(" Left out: 1 requests at once.");
  expect(found.rules).toEqual([
    { name: "full_sync", status: "done", said: ["580 records"] },
    { name: "throttled", status: "done", said: ["a", "b"] },
    { name: "session_expiry", status: "exempt", said: ["no login"] },
  ]);
});

test("a certificate without anything is no error", () => {
  expect(certificateOf({})).toEqual({ certified: "", changed: false, leftOut: "", rules: [] });
});
