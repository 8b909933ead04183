import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { everyState, type Machine, machineOf, type Way } from "./asl";
import { type Box, HEAD, type Layout, type Line, layOut, middleOf } from "./layout";
import {
  badgesOf,
  inASentence,
  isTaken,
  onlyEntered,
  settled,
  tookOf,
  type Visit,
  visitsOf,
  worthALook,
} from "./path";

const FOLDER = new URL("../../../../../state_machines/", import.meta.url);
const ours = (name: string): Machine =>
  machineOf(JSON.parse(readFileSync(new URL(`${name}.asl.json`, FOLDER), "utf8")));

const sync = ours("sync");
const inner = (machine: Machine, name: string): Machine => {
  const found = machine.states.find((state) => state.name === name)?.inside[0];
  if (found === undefined) {
    throw new Error(`nothing is inside of ${name}`);
  }
  return found;
};
const way = (machine: Machine, from: string, to: string): Way | undefined =>
  machine.ways.find((one) => one.from === from && one.to === to);

const visit = (state: string, more: Partial<Visit> = {}): Visit => ({
  state,
  type: "Task",
  entered_at: "2026-11-22T08:00:00Z",
  exited_at: "2026-11-22T08:00:30Z",
  visits: 1,
  attempts: 1,
  waited: 0,
  outcome: "succeeded",
  error: null,
  cause: null,
  came_from: {},
  ...more,
});

describe("machineOf", () => {
  it("finds every state of our own machines, inside of Maps too", () => {
    const names = everyState(sync).map(({ state, depth }) => `${depth} ${state.name}`);
    expect(sync.start).toBe("PlanRun");
    expect(names).toContain("0 SyncStreams");
    expect(names).toContain("1 FetchPages");
    expect(names).toContain("2 HandOverChunk");
    for (const name of ["replay", "watch", "housekeeping"]) {
      expect(everyState(ours(name)).length).toBeGreaterThan(5);
    }
  });

  it("says when a way is taken", () => {
    const streams = inner(sync, "SyncStreams");
    expect(way(sync, "PlanOutcome", "LookForNews")?.label).toBe("planned");
    expect(way(sync, "NewsOutcome", "SyncStreams")?.label).toBe("news");
    expect(way(sync, "PlanOutcome", "RunUnsummarised")?.label).toBe("anything else");
    expect(way(streams, "ActOnChange", "GoOn")?.label).toBe("go_on and handed_over");
    expect(way(streams, "FetchPages", "JudgeChange")).toMatchObject({ kind: "caught", label: "ApiChanged" });
    expect(way(streams, "FetchPages", "HandOver")).toMatchObject({ kind: "usual", label: "" });
  });

  it("draws two catchers that lead to the same state as one line", () => {
    const found = inner(sync, "SyncStreams").ways.filter(
      (one) => one.from === "FetchPages" && one.to === "RecordFailure",
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.label).toBe("any error");
  });

  it("takes branches of a Parallel and rules with operators, and breaks on nothing", () => {
    const found = machineOf({
      StartAt: "Both",
      States: {
        Both: {
          Type: "Parallel",
          Branches: [{ StartAt: "A", States: { A: { Type: "Pass", End: true } } }, null],
        },
        Many: {
          Type: "Choice",
          Choices: [
            { Variable: "$.n", NumericGreaterThan: 3, Next: "Both" },
            { Not: { Variable: "$.x", IsPresent: true }, Next: "Gone" },
          ],
        },
        Odd: 3,
      },
    });
    expect(found.states.map((state) => state.inside.length)).toEqual([2, 0, 0]);
    expect(found.ways).toEqual([
      { from: "Many", to: "Both", kind: "usual", label: "n NumericGreaterThan 3" },
    ]);
    expect(machineOf(null)).toEqual({ start: "", states: [], ways: [] });
  });
});

describe("layOut", () => {
  const overlap = (one: Box, other: Box): boolean =>
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height;

  const check = (layout: Layout): void => {
    layout.boxes.forEach((one, index) => {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.y + one.height).toBeLessThanOrEqual(layout.height + 1);
      for (const other of layout.boxes.slice(index + 1)) {
        expect(overlap(one, other), `${one.state.name} and ${other.state.name}`).toBe(false);
      }
      for (const within of one.inside) {
        expect(within.y).toBe(HEAD);
        expect(within.x + within.width).toBeLessThanOrEqual(one.width);
        expect(within.y + within.height).toBeLessThanOrEqual(one.height);
        check(within);
      }
    });
    for (const line of layout.lines) {
      expect(line.points.length, `${line.from} to ${line.to}`).toBeGreaterThan(1);
      for (const point of line.points) {
        expect(point.x >= 0 && point.x <= layout.width && point.y >= 0 && point.y <= layout.height).toBe(
          true,
        );
      }
    }
  };

  it.each(["sync", "replay", "watch", "housekeeping"])("puts no two states of %s over another", (name) => {
    check(layOut(ours(name)));
  });

  it("knows where a state is, inside of others too", () => {
    const layout = layOut(sync);
    const around = layout.boxes.find((box) => box.state.name === "SyncStreams");
    const middle = middleOf(layout, "HandOverChunk");
    expect(around && middle && middle.x > around.x && middle.x < around.x + around.width).toBe(true);
    expect(middle && around && middle.y < around.y + around.height).toBe(true);
    expect(middleOf(layout, "Nowhere")).toBeNull();
  });

  it("begins above everything else", () => {
    const layout = layOut(sync);
    expect(layout.start.y).toBeLessThan(Math.min(...layout.boxes.map((box) => box.y)));
  });
});

describe("the path", () => {
  const visits = visitsOf([
    visit("PlanRun"),
    visit("PlanOutcome", { came_from: { PlanRun: 1 } }),
    visit("FetchPages", { visits: 3, attempts: 5, came_from: { SyncStreams: 2, WaitForErp: 1 } }),
    visit("RecordFailure", { came_from: { CommitCursor: 1 } }),
  ]);
  const line = (from: string | null, to: string): Line => ({
    from,
    to,
    kind: "usual",
    label: "",
    points: [],
    at: null,
  });

  it("lights a way that was gone, and no other between states that were both entered", () => {
    expect(isTaken(line("PlanRun", "PlanOutcome"), visits, null)).toBe(true);
    expect(isTaken(line("FetchPages", "RecordFailure"), visits, "SyncStreams")).toBe(false);
    expect(isTaken(line("PlanOutcome", "SyncStreams"), visits, null)).toBe(false);
  });

  it("lights the beginning of a machine, outermost or inside of a Map", () => {
    expect(isTaken(line(null, "PlanRun"), visits, null)).toBe(true);
    expect(isTaken(line(null, "FetchPages"), visits, "SyncStreams")).toBe(true);
    expect(isTaken(line(null, "RecordFailure"), visits, "SyncStreams")).toBe(false);
  });

  it("tells by the way that was gone that a failure was caught, and where nothing is left that goes on", () => {
    const found = settled(
      sync,
      visitsOf([
        visit("SyncStreams", { outcome: "running" }),
        visit("HandOver", { came_from: { FetchPages: 1 } }),
        visit("HandOverChunk", { outcome: "running", exited_at: null }),
        visit("JudgeChange", { outcome: "running", came_from: { HandOver: 1 } }),
      ]),
    );
    expect([...found.values()].map((one) => `${one.state} ${one.outcome}`)).toEqual([
      "SyncStreams running",
      "HandOver caught",
      "HandOverChunk failed",
      "JudgeChange running",
    ]);
    expect(worthALook(found)).toBe("HandOverChunk");
    expect(worthALook(visitsOf([visit("PlanRun")]))).toBeNull();
  });

  it("is all that is left of the machine where only what was entered is wanted", () => {
    const streams = visitsOf([
      visit("SyncStreams"),
      visit("FetchPages", { came_from: { SyncStreams: 1 } }),
      visit("JudgeChange", { came_from: { FetchPages: 1 } }),
    ]);
    const left = onlyEntered(sync, streams);
    expect(everyState(left).map(({ state }) => state.name)).toEqual([
      "SyncStreams",
      "FetchPages",
      "JudgeChange",
    ]);
    expect(inner(left, "SyncStreams").ways.map((one) => `${one.from} ${one.to}`)).toEqual([
      "FetchPages JudgeChange",
    ]);
    expect(layOut(onlyEntered(sync, visitsOf([]))).boxes).toEqual([]);
    expect(layOut(left).lines.map((one) => one.to)).toEqual([]);
  });

  it("says how often, how often again, and how long", () => {
    const waited = visit("WaitForErp", { visits: 2, attempts: 3, waited: 95 });
    expect(badgesOf(waited).map((badge) => badge.text)).toEqual(["×2", "↻1", "1 min 35 s"]);
    expect(badgesOf(visit("PlanRun"))).toEqual([]);
    const state = { name: "WaitForErp", type: "Wait", comment: "Until then.", inside: [], ends: false };
    expect(inASentence(state, waited)).toBe(
      "WaitForErp: succeeded, entered 2 times, tried again once, waited 1 min 35 s in all. Until then.",
    );
    expect(inASentence(state, undefined)).toBe("WaitForErp: not entered. Until then.");
  });

  it("knows how long a state took, and of one under way until now", () => {
    expect(tookOf(visit("PlanRun"))).toBe("30 s");
    const open = visit("PlanRun", { exited_at: null, outcome: "running" });
    expect(tookOf(open, Date.parse("2026-11-22T08:02:00Z"))).toBe("2 min 0 s");
    expect(tookOf(visit("PlanRun", { exited_at: null, outcome: "failed" }))).toBeNull();
    expect(tookOf(undefined)).toBeNull();
  });
});
