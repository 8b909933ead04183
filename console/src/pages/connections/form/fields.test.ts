import { expect, test } from "vitest";
import { fieldsOf, inOrder, settingsOf, typedOf } from "./fields";

const SCHEMA = {
  type: "object",
  required: ["slug", "book"],
  properties: {
    base_url: { type: "string", format: "uri", default: "https://erp.example", title: "Address" },
    slug: { type: "string", pattern: "^[a-z]+$", title: "Company", description: "In every address." },
    book: { type: "integer", default: 1 },
    drafts: { type: "boolean", default: false },
    from: { type: "string", format: "date" },
    plan: { type: "string", enum: ["small", "NULL"], default: "small" },
    domain: { type: "array", default: [["active", "=", true]], examples: [["a"]] },
  },
};

const FIELDS = fieldsOf(SCHEMA);

test("each property is a field of the kind that its schema says", () => {
  expect(FIELDS.map((field) => field.kind)).toEqual([
    "uri",
    "text",
    "number",
    "switch",
    "date",
    "choice",
    "json",
  ]);
  expect(FIELDS[1]).toMatchObject({ title: "Company", description: "In every address.", required: true });
  expect(FIELDS[2]?.title).toBe("book");
  expect(FIELDS[6]?.example).toBe('["a"]');
});

test("what is needed and has no usual value comes first", () => {
  expect(inOrder(FIELDS).first.map((field) => field.name)).toEqual(["slug"]);
  expect(inOrder(FIELDS).rest).toHaveLength(6);
});

test("what is typed becomes values of its kind, and what is empty is left out", () => {
  const typed = {
    slug: " acme ",
    book: "2",
    drafts: "true",
    from: "",
    plan: "NULL",
    domain: "[1]",
    other: "x",
  };
  expect(settingsOf(FIELDS, typed)).toEqual({
    slug: "acme",
    book: 2,
    drafts: true,
    plan: "NULL",
    domain: [1],
  });
});

test("what is not of its kind goes as it was typed, for the API to refuse", () => {
  expect(settingsOf(FIELDS, { book: "two", domain: "[" })).toEqual({ book: "two", domain: "[" });
});

test("stored settings come back as they were", () => {
  const stored = { slug: "acme", book: 2, drafts: false, domain: [["a", "=", 1]] };
  expect(settingsOf(FIELDS, typedOf(stored))).toEqual(stored);
});
