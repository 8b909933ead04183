import { expect, test } from "vitest";
import { fileOf } from "./package";

test("a fault's pointer names the file", () => {
  expect(fileOf("/files/connectors~1tiny~1customer.yaml")).toBe("connectors/tiny/customer.yaml");
  expect(fileOf("/reason")).toBeNull();
});
