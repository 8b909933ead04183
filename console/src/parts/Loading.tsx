import StatusIndicator from "@cloudscape-design/components/status-indicator";

/** What is shown while something is on its way: `what` completes "Loading ...". */
export function Loading({ what }: { what: string }) {
  return <StatusIndicator type="loading">Loading {what}</StatusIndicator>;
}
