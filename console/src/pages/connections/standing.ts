// How a connection is, in few words: the one thing that matters most about it now.

import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Model } from "../../api/client";

export interface Standing {
  type: StatusIndicatorProps.Type;
  text: string;
}

type Known = Pick<Model<"ConnectionSummary">, "note" | "paused">;
type Health = Pick<Model<"HealthModel">, "last_run" | "streams" | "needs">;

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Until its health is known nothing is said of it. What a person has to do comes first, then what is under way, then how the last run ended. */
export function standingOf(connection: Known, health: Health | undefined): Standing {
  if (connection.note) {
    return { type: "warning", text: "must be authorised" };
  }
  if (health === undefined) {
    return connection.paused ? { type: "stopped", text: "paused" } : { type: "loading", text: "Looking" };
  }
  const run = health.last_run;
  if (run?.status === "running") {
    return { type: "in-progress", text: "running" };
  }
  if (run && ["failed", "lost"].includes(run.status)) {
    return { type: "error", text: run.error ? `${run.status}: ${run.error}` : run.status };
  }
  const held = health.streams.filter((stream) => stream.held).length;
  if (held > 0) {
    return { type: "warning", text: `${plural(held, "stream")} held` };
  }
  if (connection.paused) {
    return { type: "stopped", text: "paused" };
  }
  if (health.needs > 0) {
    return { type: "warning", text: `${plural(health.needs, "matter")} to look at` };
  }
  if (!run) {
    return { type: "pending", text: "has not run yet" };
  }
  return run.status === "succeeded" ? { type: "success", text: "fine" } : { type: "info", text: run.status };
}
