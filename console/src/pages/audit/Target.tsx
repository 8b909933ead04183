// What something was done to, as a link where it has a page of its own.

import type { Model } from "../../api/client";
import { Go } from "../../parts/Go";

type Entry = Model<"EntryModel">;

const PAGES: Record<string, string> = {
  changes: "changes",
  connections: "connections",
  connectors: "connectors",
  runs: "runs",
  topics: "topics",
  quarantine: "runs",
};

// What is removed has no page any more.
const GONE = new Set(["connections.remove"]);

export function Target({ of }: { of: Entry }) {
  const page = PAGES[of.action.split(".")[0] ?? ""];
  const beside = of.connection && of.connection !== of.target ? ` of ${of.connection}` : "";
  if (page === undefined || GONE.has(of.action)) {
    return `${of.target}${beside}`;
  }
  return (
    <>
      <Go to={`/${page}/${encodeURIComponent(of.target)}`}>{of.target}</Go>
      {beside}
    </>
  );
}
