import { describe, expect, it } from "vitest";
import { dollars } from "../../../parts/cost/money";
import { SPANS, sinceOf } from "../since";
import { executionLink, logGroupsOf, logsLink } from "./aws";
import { type Counts, countsOf, totalOf } from "./counts";
import { rowInWords, rowsOf, ticksOf } from "./timeline";

describe("counts", () => {
  it("are added up over streams while the run has none of its own", () => {
    const streams: { counts: Counts }[] = [
      { counts: { fetched: 3, published: 2 } },
      { counts: { fetched: 4 } },
    ];
    expect(countsOf({ counts: {}, streams })).toMatchObject({ fetched: 7, published: 2, unchanged: 0 });
    expect(countsOf({ counts: { fetched: 9 }, streams })).toEqual({ fetched: 9 });
    expect(totalOf([])).toMatchObject({ fetched: 0, quarantined: 0 });
  });
});

describe("the timeline", () => {
  const since = "2026-11-22T08:00:00Z";
  const spans = [
    { outcome: "reading", since: "2026-11-22T08:00:10Z", until: "2026-11-22T08:00:40Z" },
    { outcome: "waiting", since: "2026-11-22T08:00:40Z", until: "2026-11-22T08:01:30Z" },
    { outcome: "synced", since: "2026-11-22T08:01:30Z", until: null },
  ];

  it("has a bar for what takes time, and says what the stream came to", () => {
    const [row] = rowsOf([{ stream: "customer", spans }], since, "2026-11-22T08:01:40Z");
    expect(row?.parts.map((part) => [part.outcome, part.from, part.to])).toEqual([
      ["reading", 0.1, 0.4],
      ["waiting", 0.4, 0.9],
    ]);
    expect(row?.end).toBe(0.9);
    expect(row && rowInWords(row)).toBe("reading for 30 s, then waiting for 50 s, then synced");
  });

  it("goes on until now while the run does", () => {
    const open = [{ outcome: "reading", since: "2026-11-22T08:00:10Z", until: null }];
    const now = Date.parse("2026-11-22T08:00:20Z");
    const [row] = rowsOf([{ stream: "customer", spans: open }], since, null, now);
    expect(row?.end).toBeNull();
    expect(row?.parts).toEqual([{ outcome: "reading", from: 0.5, to: 1, seconds: 10 }]);
    expect(row && rowInWords(row)).toBe("reading for 10 s");
  });

  it("has round times on its scale, and not many", () => {
    expect(ticksOf(61)).toEqual([0, 15, 30, 45, 60]);
    expect(ticksOf(5)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ticksOf(86_400).length).toBeLessThan(13);
  });
});

describe("dollars", () => {
  it.each([
    ["0.0001876", "$0.00018"],
    ["0.0000000", "$0"],
    ["1.2599999", "$1.25"],
    ["12", "$12.00"],
    ["0.5000000", "$0.50"],
  ])("%s is %s", (amount, told) => expect(dollars(amount)).toBe(told));
});

describe("since", () => {
  it("is a time in UTC as the API takes it, and the same for a minute", () => {
    const now = Date.parse("2026-11-22T08:30:15.123Z");
    expect(sinceOf("last hour", now)).toBe("2026-11-22T07:30:00Z");
    expect(sinceOf("last hour", now + 40_000)).toBe("2026-11-22T07:30:00Z");
    expect(sinceOf("", now)).toBeUndefined();
    expect(SPANS.every((span) => sinceOf(span.name, now) !== undefined)).toBe(true);
  });
});

describe("links to AWS", () => {
  const definition = {
    States: {
      PlanRun: { Parameters: { FunctionName: "arn:aws:lambda:eu-north-1:1:function:sluice-dev-plan_run" } },
      Again: { Parameters: { FunctionName: "arn:aws:lambda:eu-north-1:1:function:sluice-dev-plan_run" } },
    },
  };

  it("lead to the execution", () => {
    const arn = "arn:aws:states:eu-north-1:1:execution:sluice-dev-sync:demo-1";
    expect(executionLink("eu-north-1", arn)).toBe(
      `https://eu-north-1.console.aws.amazon.com/states/home?region=eu-north-1#/v2/executions/details/${encodeURIComponent(arn)}`,
    );
  });

  it("lead to the logs of every function that the run calls, and of the transformer", () => {
    expect(logGroupsOf(definition)).toEqual([
      "/aws/lambda/sluice-dev-plan_run",
      "/aws/lambda/sluice-dev-transform",
    ]);
    expect(logGroupsOf(undefined)).toEqual([]);
  });

  it("ask for what this run wrote", () => {
    const times = { id: "demo-1", since: "2026-11-22T08:00:00Z", until: "2026-11-22T08:05:00Z" };
    const link = logsLink("eu-north-1", ["/aws/lambda/sluice-dev-plan_run"], times);
    expect(link).toContain("#logsV2:logs-insights$3FqueryDetail$3D~(end~'2026-11-22T08*3a06*3a00.000Z");
    expect(link).toContain("source~(~'*2faws*2flambda*2fsluice-dev-plan_run))");
    expect(link).toContain("run*20*3d*20*22demo-1*22");
    expect(link).not.toMatch(/[%" ]/);
  });
});
