// The columns of a listing of runs.

import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../api/client";
import { Go } from "../../parts/Go";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { between, inWords } from "../../parts/times";
import { inFigures } from "./run/counts";

type Run = Model<"RunSummary">;

export const COLUMNS: TableProps.ColumnDefinition<Run>[] = [
  { id: "run", header: "Run", isRowHeader: true, minWidth: 190, cell: (run) => <Name run={run} /> },
  { id: "connection", header: "Connection", minWidth: 105, cell: (run) => run.connection },
  { id: "status", header: "Status", minWidth: 170, maxWidth: 260, cell: (run) => <Outcome run={run} /> },
  { id: "started", header: "Started", minWidth: 110, cell: (run) => <When run={run} /> },
  { id: "fetched", header: "Fetched", minWidth: 85, cell: (run) => counted(run.counts.fetched) },
  { id: "published", header: "Published", minWidth: 100, cell: (run) => counted(run.counts.published) },
  {
    id: "quarantined",
    header: "Quarantined",
    minWidth: 110,
    cell: (run) => counted(run.counts.quarantined),
  },
];

// A run that was cut off has no counts of its own: its page adds up its streams.
const counted = (count: number | undefined): string => (count === undefined ? "–" : inFigures(count));

function Name({ run }: { run: Run }) {
  return (
    <>
      <Go to={`/runs/${run.id}`}>{run.id}</Go>
      <Box variant="small" display="block">
        {run.trigger}
      </Box>
    </>
  );
}

function When({ run }: { run: Run }) {
  const seconds = inWords(between(run.started_at, run.ended_at));
  return (
    <>
      <Time at={run.started_at} />
      <Box variant="small" display="block">
        {run.ended_at ? `took ${seconds}` : `for ${seconds}`}
      </Box>
    </>
  );
}

const LONGEST = 90;

function Outcome({ run }: { run: Run }) {
  const cause = run.cause ?? "";
  return (
    <span title={cause || undefined}>
      <Status of={run.status} />
      {run.error && (
        <Box variant="small" display="block" fontWeight="bold">
          {run.error}
        </Box>
      )}
      {cause && (
        <Box variant="small" display="block">
          {cause.length > LONGEST ? `${cause.slice(0, LONGEST)}…` : cause}
        </Box>
      )}
    </span>
  );
}
