import { describe, expect, it } from "vitest";
import type { Model } from "../../../api/client";
import { troublesOf, withoutCommands } from "./troubles";

type Run = Model<"RunModel">;
type Stream = Run["streams"][number];

const advice = { meaning: "It is down.", what_to_do: "Wait.", runbook: "docs/runbook.md#erpunavailable" };

const stream = (name: string, outcome: string, error: string | null = null): Stream => ({
  stream: name,
  outcome,
  counts: {},
  records_fetched: 0,
  error,
  cause: error && `${name} broke`,
  note: "",
  advice: error === null ? null : advice,
});

const run = (more: Partial<Run>): Run => ({
  id: "demo-1",
  connection: "demo",
  connector: "tripletex",
  trigger: "manual",
  status: "failed",
  started_at: null,
  ended_at: null,
  continues: null,
  continued_as: null,
  execution_status: null,
  execution_arn: null,
  error: null,
  cause: null,
  advice: null,
  counts: {},
  streams: [],
  states: [],
  timeline: [],
  progress: null,
  cost: null,
  audit: [],
  can_be_stopped: false,
  can_be_redriven: false,
  ...more,
});

describe("troubles", () => {
  it("are one for each error name, what failed before what is held", () => {
    const streams = [
      stream("project", "held", "ApiChanged"),
      stream("order", "failed", "ErpUnavailable"),
      stream("product", "failed", "ErpUnavailable"),
      stream("account", "synced"),
    ];
    const found = troublesOf(run({ error: "ErpUnavailable", cause: "all", streams }));
    expect(found.map((one) => [one.weight, one.headline])).toEqual([
      ["error", "2 streams failed: ErpUnavailable"],
      ["warning", "1 stream held until somebody decides: ApiChanged"],
    ]);
    expect(found[0]?.streams).toEqual([
      { stream: "order", cause: "order broke" },
      { stream: "product", cause: "product broke" },
    ]);
    expect(found[0]?.advice).toEqual(advice);
  });

  it("are told of a run that no stream says anything about", () => {
    const lost = run({ status: "lost", error: "RunTimedOut", cause: "a day", advice });
    expect(troublesOf(lost)).toEqual([
      {
        error: "RunTimedOut",
        weight: "error",
        headline: "The run was lost: RunTimedOut",
        cause: "a day",
        advice,
        streams: [],
      },
    ]);
    expect(troublesOf(run({ status: "stopped", error: "RunStopped" }))[0]?.weight).toBe("warning");
  });

  it("are none of a run that went well, also where its error is an empty text", () => {
    expect(troublesOf(run({ status: "succeeded", error: "" }))).toEqual([]);
  });

  it("are told of a stream while the run still goes on", () => {
    const found = troublesOf(
      run({ status: "running", streams: [stream("order", "failed", "ErpUnavailable")] }),
    );
    expect(found.map((one) => one.headline)).toEqual(["1 stream failed: ErpUnavailable"]);
  });

  it("are dealt with on the page, not by commands", () => {
    const told =
      "Look at it (sluice changes list acme; sluice changes show 1), then accept or reject it (soon).";
    expect(withoutCommands(told)).toBe("Look at it, then accept or reject it (soon).");
  });
});
