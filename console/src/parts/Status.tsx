// What became of a run, a stream, a change or a connection, in the words and colours of one table.

import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

const KINDS: Record<string, StatusIndicatorProps.Type> = {
  running: "in-progress",
  reading: "in-progress",
  waiting: "pending",
  succeeded: "success",
  synced: "success",
  replayed: "success",
  accepted: "success",
  delivered: "success",
  done: "success",
  begun: "in-progress",
  caught: "warning",
  held: "warning",
  open: "warning",
  paused: "stopped",
  stopped: "stopped",
  rejected: "stopped",
  failed: "error",
  lost: "error",
};

/** A status as the API names it; one that the table does not know is shown as it came. */
export function Status({ of, text }: { of: string | null | undefined; text?: string }) {
  if (!of) {
    return <StatusIndicator type="pending">not yet</StatusIndicator>;
  }
  return <StatusIndicator type={KINDS[of] ?? "info"}>{text ?? of}</StatusIndicator>;
}
