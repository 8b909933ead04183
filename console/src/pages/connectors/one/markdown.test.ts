import { expect, test } from "vitest";
import { blocksOf, inline } from "./markdown";

const TEXT = [
  "# Name: what is known",
  "",
  "First line",
  "and second.",
  "## Sources",
  "| short | what |",
  "|---|---|",
  "| spec | a `x|y` and **more** |",
  "",
  "- one item",
  "  that goes on",
  "- another",
  "",
  "```",
  "# no heading",
  "```",
].join("\n");

test("headings, paragraphs, tables, lists and code are told apart", () => {
  const blocks = blocksOf(TEXT);
  expect(blocks.map((block) => block.kind)).toEqual([
    "heading",
    "paragraph",
    "heading",
    "table",
    "list",
    "code",
  ]);
  expect(blocks[1]).toEqual({
    kind: "paragraph",
    content: [{ kind: "text", text: "First line and second." }],
  });
  expect(blocks[3]).toMatchObject({
    head: [[{ text: "short" }], [{ text: "what" }]],
    rows: [
      [
        [{ text: "spec" }],
        [
          { kind: "text", text: "a " },
          { kind: "code", text: "x|y" },
          { kind: "text", text: " and " },
          { kind: "strong", text: "more" },
        ],
      ],
    ],
  });
  expect(blocks[4]).toMatchObject({
    ordered: false,
    items: [[{ text: "one item that goes on" }], [{ text: "another" }]],
  });
  expect(blocks[5]).toEqual({ kind: "code", text: "# no heading" });
});

test("only https makes a link, and markup stays text", () => {
  expect(inline("[a](https://x.example)")).toEqual([{ kind: "link", text: "a", href: "https://x.example" }]);
  expect(inline("[a](javascript:alert)")).toEqual([{ kind: "text", text: "a" }]);
  expect(inline("**`a` or b** *at the start*, 2 * 3 * 4")).toEqual([
    { kind: "strong", text: "`a` or b" },
    { kind: "text", text: " " },
    { kind: "emphasis", text: "at the start" },
    { kind: "text", text: ", 2 * 3 * 4" },
  ]);
  expect(inline("<img src=x onerror=alert(1)>")).toEqual([
    { kind: "text", text: "<img src=x onerror=alert(1)>" },
  ]);
});

test("whatever stands there ends", () => {
  expect(blocksOf("```\nopen")).toEqual([{ kind: "code", text: "open" }]);
  expect(blocksOf("| no table\n| at all")).toHaveLength(2);
});
