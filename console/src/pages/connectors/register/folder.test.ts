import { expect, test } from "vitest";
import { connectorsIn, streamsIn } from "./folder";

const listed = (...paths: string[]) => paths.map((whole) => ({ whole, source: whole }));

test("connectors are found with all their files, wherever the folder begins", () => {
  const found = connectorsIn(
    listed(
      "mine/connectors/tiny/connector.yaml",
      "mine/connectors/tiny/customer.yaml",
      "mine/connectors/tiny/NOTES.md",
      "mine/transformers/tiny/customer.yaml",
      "mine/transformers/canonical/customer.json",
      "mine/README.md",
      "mine/connectors/tiny/run.py",
    ),
  );
  expect([...found.keys()]).toEqual(["tiny"]);
  expect(found.get("tiny")?.map((one) => one.path)).toEqual([
    "connectors/tiny/connector.yaml",
    "connectors/tiny/customer.yaml",
    "connectors/tiny/NOTES.md",
    "transformers/tiny/customer.yaml",
  ]);
});

test("what has no connector.yaml, or lies with others' packages, is none", () => {
  const found = connectorsIn(
    listed(
      "a/transformers/tiny/x.yaml",
      "a/node_modules/b/connectors/tiny/connector.yaml",
      "tiny/connector.yaml",
    ),
  );
  expect(found.size).toBe(0);
});

test("streams are the files beside connector.yaml", () => {
  const files = {
    "connectors/tiny/connector.yaml": "",
    "connectors/tiny/quality.yaml": "",
    "connectors/tiny/NOTES.md": "",
    "connectors/tiny/invoice.yaml": "",
    "connectors/tiny/customer.yaml": "",
    "transformers/tiny/customer.yaml": "",
  };
  expect(streamsIn("tiny", files)).toEqual(["customer", "invoice"]);
});
