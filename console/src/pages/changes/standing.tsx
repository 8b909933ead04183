// How a change stands and how much it matters, in words and colours.

import Badge, { type BadgeProps } from "@cloudscape-design/components/badge";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import type { Model } from "../../api/client";

type Change = Pick<Model<"ChangeModel">, "state" | "action">;

const OPEN: Record<string, [StatusIndicatorProps.Type, string]> = {
  hold: ["error", "open, the stream is held"],
  fail: ["error", "open, the run fails"],
  quarantine: ["warning", "open, records are set aside"],
  notify: ["info", "open, told only"],
  go_on: ["info", "open, noted"],
};

const OVER: Record<string, StatusIndicatorProps.Type> = {
  accepted: "success",
  rejected: "stopped",
  resolved: "success",
};

export function ChangeState({ of }: { of: Change }) {
  if (of.state !== "open") {
    return <StatusIndicator type={OVER[of.state] ?? "info"}>{of.state}</StatusIndicator>;
  }
  const [type, text] = OPEN[of.action] ?? ["warning", "open"];
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}

const COLOURS: Record<string, BadgeProps["color"]> = {
  none: "grey",
  info: "severity-neutral",
  low: "severity-low",
  medium: "severity-medium",
  high: "severity-high",
  critical: "severity-critical",
};

export function Severity({ of }: { of: string }) {
  return <Badge color={COLOURS[of] ?? "grey"}>{of}</Badge>;
}
