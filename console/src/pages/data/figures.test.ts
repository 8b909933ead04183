import { expect, test } from "vitest";
import { keyOf, sourceOf, titleOf } from "./entities";
import { grouped, percent, sized } from "./figures";

test("amounts are grouped and stay exact", () => {
  expect(grouped("1234567.50")).toBe("1,234,567.50");
  expect(grouped("-999")).toBe("-999");
  expect(grouped("12345678901234567890123456789.123456789")).toBe(
    "12,345,678,901,234,567,890,123,456,789.123456789",
  );
  expect(grouped("about 1000")).toBe("about 1000");
});

test("a share says all and nothing only where it is", () => {
  expect([0, 0.001, 0.456, 0.999, 1].map(percent)).toEqual(["0%", "<1%", "46%", ">99%", "100%"]);
});

test("sizes are in words", () => {
  expect([0, 999, 1500, 46_312, 3_400_000].map(sized)).toEqual([
    "0 bytes",
    "999 bytes",
    "1.5 KB",
    "46 KB",
    "3.4 MB",
  ]);
});

test("an id of any signs becomes a key, and its source id is what follows the entity", () => {
  expect(keyOf("acme/customer/1")).toBe("YWNtZS9jdXN0b21lci8x");
  expect(keyOf("acme/customer/é?>")).toBe("YWNtZS9jdXN0b21lci_DqT8-");
  expect(sourceOf("acme/ledger_entry/GL/2024/1")).toBe("GL/2024/1");
  expect(titleOf("supplier_invoice")).toBe("Supplier invoice");
});
