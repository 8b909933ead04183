// What went wrong in a run: one for each error name, with the streams that it concerns.

import type { Model } from "../../../api/client";

type Run = Model<"RunModel">;

export interface Trouble {
  error: string;
  weight: "error" | "warning";
  headline: string;
  /** Of the run, where no stream says more. */
  cause: string | null;
  advice: Model<"AdviceModel"> | null;
  streams: { stream: string; cause: string | null }[];
}

/** Returns them, what failed before what is only held. */
export function troublesOf(run: Run): Trouble[] {
  const broken = run.streams.filter((stream) => stream.error);
  const names = [...new Set([run.error, ...broken.map((stream) => stream.error)])].filter((name) => !!name);
  const found = names.map((name) => troubleOf(run, `${name}`));
  return found.sort((one, other) => Number(one.weight !== "error") - Number(other.weight !== "error"));
}

/** Commands stand in brackets: here are links and buttons in their place. */
export const withoutCommands = (advice: string): string => advice.replace(/ \(sluice [^)]*\)/g, "");

function troubleOf(run: Run, error: string): Trouble {
  const streams = run.streams.filter((stream) => stream.error === error);
  const failed = streams.some((stream) => stream.outcome === "failed");
  const ofRun = run.error === error;
  const weight =
    failed || (ofRun && (run.status === "failed" || run.status === "lost")) ? "error" : "warning";
  return {
    error,
    weight,
    headline: `${headlineOf(run, streams)}: ${error}`,
    cause: ofRun ? run.cause : null,
    advice: (ofRun ? run.advice : null) ?? streams[0]?.advice ?? null,
    streams: streams.map(({ stream, cause }) => ({ stream, cause })),
  };
}

const OF_A_RUN: Record<string, string> = {
  lost: "The run was lost",
  stopped: "The run was stopped",
  failed: "The run failed",
};

function headlineOf(run: Run, streams: Run["streams"]): string {
  if (streams.length === 0) {
    return OF_A_RUN[run.status ?? ""] ?? "Something went wrong";
  }
  const happened = streams.some((stream) => stream.outcome === "failed") ? "failed" : "held";
  const count = streams.length === 1 ? "1 stream" : `${streams.length} streams`;
  return happened === "failed" ? `${count} failed` : `${count} held until somebody decides`;
}
