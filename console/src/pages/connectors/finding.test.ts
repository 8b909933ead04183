import { expect, test } from "vitest";
import { found } from "./finding";

const ALL = [
  { name: "fiken", title: "Fiken", streams: ["customer", "invoice"] },
  { name: "sap_s4", title: "SAP S/4HANA", streams: ["hours"] },
];

test("names, titles and streams are looked into, word by word", () => {
  expect(found(ALL, "").map((one) => one.name)).toEqual(["fiken", "sap_s4"]);
  expect(found(ALL, "S/4").map((one) => one.name)).toEqual(["sap_s4"]);
  expect(found(ALL, "fiken Invoice").map((one) => one.name)).toEqual(["fiken"]);
  expect(found(ALL, "fiken hours")).toEqual([]);
});
