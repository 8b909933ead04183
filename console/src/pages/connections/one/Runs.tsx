// The last runs of a connection.

import type { TableProps } from "@cloudscape-design/components/table";
import { api, type Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { Go, GoButton } from "../../../parts/Go";
import { Listing } from "../../../parts/Listing";
import { Status } from "../../../parts/Status";
import { Time } from "../../../parts/Time";
import { between, inWords } from "../../../parts/times";

type Run = Model<"RunSummary">;

const SHOWN = 10;
const REFRESH = 3_000;

export function Runs({ connection }: { connection: string }) {
  const query = api.useQuery(
    "get",
    "/runs",
    { params: { query: { connection, limit: SHOWN } } },
    { refetchInterval: REFRESH },
  );
  return (
    <Listing
      title="Last runs"
      query={query}
      columns={COLUMNS}
      idOf={(one) => one.id}
      actions={<GoButton to={`/runs?connection=${connection}`}>All its runs</GoButton>}
      empty={<Empty title="It has not run yet" hint="Run it now, or wait for its schedule." />}
    />
  );
}

const COLUMNS: TableProps.ColumnDefinition<Run>[] = [
  {
    id: "started",
    header: "Started",
    isRowHeader: true,
    minWidth: 130,
    cell: (one) => (
      <Go to={`/runs/${one.id}`}>
        <Time at={one.started_at} />
      </Go>
    ),
  },
  { id: "status", header: "Status", minWidth: 110, cell: (one) => <Status of={one.status} /> },
  { id: "took", header: "Took", minWidth: 90, cell: (one) => inWords(between(one.started_at, one.ended_at)) },
  { id: "trigger", header: "Started by", minWidth: 90, cell: (one) => one.trigger },
  { id: "published", header: "Published", minWidth: 90, cell: (one) => one.counts.published ?? 0 },
  { id: "error", header: "What went wrong", minWidth: 200, cell: (one) => one.cause ?? one.error ?? "–" },
];
