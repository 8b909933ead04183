// A queue's figures, as a table and a page show them. What is not measured where this runs is a dash.

import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { Model } from "../../api/client";
import { Measured } from "../../parts/Measured";
import { inWords } from "../../parts/times";

type Topic = Model<"TopicModel">;

export function Depth({ of }: { of: Topic }) {
  return <Measured value={of.depth} />;
}

/** How old the oldest of `count` is. It is measured minutes late: of none there is no oldest. */
export function Age({ seconds, count }: { seconds: number | null; count: number | null }) {
  return <Measured value={count === 0 ? null : seconds} say={inWords} />;
}

export function Rate({ of }: { of: Topic }) {
  return <Measured value={of.sent_last_hour} />;
}

export function DeadLetters({ of }: { of: Topic }) {
  if (of.dead_letters === null) {
    return <Measured value={null} />;
  }
  return of.dead_letters > 0 ? (
    <StatusIndicator type="error">{of.dead_letters.toLocaleString("en")}</StatusIndicator>
  ) : (
    <StatusIndicator type="success">none</StatusIndicator>
  );
}
