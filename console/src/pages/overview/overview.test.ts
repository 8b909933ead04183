import { describe, expect, it } from "vitest";
import type { Model } from "../../api/client";
import { daysLeft, figuresOf, firstOf, type Health, slowestOf, sorted } from "./health";
import { type Matter, placeOf, titleOf, wordsOf } from "./matters";

const health = (connection: string, more: Partial<Health> = {}): Health => ({
  connection,
  connector: "tripletex",
  paused: false,
  last_run: null,
  next_run: null,
  streams: [],
  credentials: null,
  changes: 0,
  quarantined: [],
  needs: 0,
  ...more,
});

const matter = (need: string, connection: string, more: Partial<Matter> = {}): Matter => ({
  need,
  connection,
  reason: "r",
  target: `/connections/${connection}`,
  stream: null,
  ...more,
});

const stream = (name: string, lag: number | null, held: string | null = null) => ({
  stream: name,
  committed_at: null,
  lag,
  held,
});

const overview: Model<"OverviewModel"> = {
  at: "2026-11-22T08:00:00Z",
  first: [matter("stream_held", "delta"), matter("credentials_expire", "beta"), matter("dead_letters", "")],
  connections: [
    health("alpha"),
    health("beta", { changes: 2, quarantined: ["invoice"] }),
    health("delta", { streams: [stream("customer", 10), stream("invoice", 900, "3f9a")], paused: true }),
  ],
  dead_letters: { erp_system: 2, lake: 1, information: 0 },
};

describe("matters", () => {
  it("are dealt with on the page that is named as the API's path is", () => {
    expect(placeOf("/changes/3f9a")).toBe("/changes/3f9a");
    expect(placeOf("/topics/erp_system")).toBe("/topics/erp_system");
    expect(placeOf("/runs/demo-1")).toBe("/runs/demo-1");
    expect(placeOf("/connections/acme")).toBe("/connections/acme");
  });

  it.each(["//evil.example/x", "https://evil.example", "/elsewhere/x", "", "/runs"])(
    "leads nowhere by %s",
    (target) => expect(placeOf(target)).toBeNull(),
  );

  it("have words, also those that the console does not know yet", () => {
    expect(titleOf(matter("stream_held", "delta", { stream: "invoice" }))).toBe("Stream is held: invoice");
    expect(wordsOf("moon_fell").title).toBe("Moon fell");
  });
});

describe("health", () => {
  it("puts first what needs a person first", () => {
    expect(sorted(overview).map((one) => one.connection)).toEqual(["delta", "beta", "alpha"]);
    expect(firstOf(overview, "delta")?.need).toBe("stream_held");
    expect(firstOf(overview, "alpha")).toBeNull();
  });

  it("knows the stream that lags most; one that was never handed over most of all", () => {
    expect(slowestOf(health("a", { streams: [stream("x", 5), stream("y", 90)] }))).toEqual({
      stream: "y",
      lag: 90,
    });
    expect(slowestOf(health("a", { streams: [stream("x", null), stream("y", 90)] }))?.stream).toBe("x");
    expect(slowestOf(health("a"))).toBeNull();
  });

  it("counts what there is", () => {
    const found = Object.fromEntries(figuresOf(overview).map((one) => [one.label, one.count]));
    expect(found).toMatchObject({
      Connections: 3,
      "Held streams": 1,
      "Dead letters": 3,
      "Open API changes": 2,
      "Credentials ending": 1,
      Paused: 1,
    });
  });

  it("says how many days credentials last", () => {
    const now = Date.parse("2026-11-22T08:00:00Z");
    const until = (expires_at: string) => health("a", { credentials: { expires_at, basis: "b" } });
    expect(daysLeft(until("2026-11-25T09:00:00Z"), now)).toBe(3);
    expect(daysLeft(until("2026-11-22T07:00:00Z"), now)).toBe(-1);
    expect(daysLeft(health("a"), now)).toBeNull();
  });
});
