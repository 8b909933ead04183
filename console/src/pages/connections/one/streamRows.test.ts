import { expect, test } from "vitest";
import { rowsOf } from "./streamRows";

const cursor = (held: string | null, watermark: string | null = null) => ({
  watermark,
  committed_at: "2026-11-22T05:00:00Z",
  whole_read_at: null,
  held,
});

test("held streams come first, then those that are furthest behind", () => {
  const health = {
    streams: [
      { stream: "account", committed_at: null, lag: 10, held: null },
      { stream: "customer", committed_at: null, lag: 900, held: null },
      { stream: "invoice", committed_at: null, lag: 1, held: "c1" },
    ],
  };
  const rows = rowsOf({ streams: null, cursors: { invoice: cursor("c1", "7") } }, health);
  expect(rows.map((row) => row.stream)).toEqual(["invoice", "customer", "account"]);
  expect(rows[0]).toMatchObject({ held: "c1", watermark: "7", lag: 1 });
});

test("a stream that was chosen and not read yet is there, too", () => {
  const [row] = rowsOf({ streams: ["project"], cursors: {} }, undefined);
  expect(row).toEqual({
    stream: "project",
    held: null,
    lag: null,
    committed: null,
    whole: null,
    watermark: null,
  });
});
