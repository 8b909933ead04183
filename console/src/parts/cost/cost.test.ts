import { expect, test } from "vitest";
import type { Model } from "../../api/client";
import { told } from "./CostOfChange";

const NONE: Model<"ChangeSpendingModel"> = {
  runs: [],
  replays: [],
  waiting: { records: 0, chunks: 0, counted: true },
  replay: null,
  basis: [],
};
const REPLAY = { dollars: "0.0004210", region: "eu-north-1", read: "2026-11-22", lines: [], notes: [] };
const DONE = { run: "r", trigger: "replay", status: "succeeded", started_at: "2026-11-22T08:00:00Z" };

test("what is still to do is told as an estimate", () => {
  const waiting = { records: 12_345, chunks: 3, counted: true };
  expect(told({ ...NONE, waiting, replay: REPLAY })).toBe(
    "Cost: handing over the 12,345 records that wait would be about $0.00042",
  );
  expect(told({ ...NONE, waiting: { ...waiting, counted: false }, replay: REPLAY })).toContain(
    "handing over about 12,345 records",
  );
});

test("what was done is told when nothing waits any more", () => {
  const replays = [
    { ...DONE, dollars: "0.0001" },
    { ...DONE, dollars: "0.0012" },
  ];
  expect(told({ ...NONE, replays })).toBe("Cost: its replay cost about $0.0012");
  expect(told(NONE)).toBe("Cost: nothing waits to be handed over");
});
