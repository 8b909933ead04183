// Every state as a row: what the drawing shows, for who reads rather than looks.

import Box from "@cloudscape-design/components/box";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { Status } from "../../../parts/Status";
import { Time } from "../../../parts/Time";
import { inWords } from "../../../parts/times";
import { everyState, type Machine, type State } from "./asl";
import { tookOf, type Visit, type Visits } from "./path";

interface Row {
  state: State;
  depth: number;
  visit: Visit | undefined;
}

const COLUMNS: TableProps.ColumnDefinition<Row>[] = [
  { id: "state", header: "State", isRowHeader: true, minWidth: 180, cell: (row) => <Name row={row} /> },
  {
    id: "outcome",
    header: "Outcome",
    minWidth: 145,
    cell: ({ visit }) => visit && <Status of={visit.outcome} />,
  },
  { id: "visits", header: "Entered", cell: ({ visit }) => visit?.visits ?? "–" },
  { id: "retries", header: "Retries", cell: ({ visit }) => (visit ? visit.attempts - visit.visits : "–") },
  { id: "waited", header: "Waited", cell: ({ visit }) => (visit?.waited ? inWords(visit.waited) : "–") },
  {
    id: "from",
    header: "First entered",
    minWidth: 130,
    cell: ({ visit }) => <Time at={visit?.entered_at} />,
  },
  { id: "took", header: "Until last left", minWidth: 110, cell: ({ visit }) => tookOf(visit) ?? "–" },
  { id: "way", header: "Came from", minWidth: 160, cell: ({ visit }) => cameFrom(visit) },
  { id: "error", header: "Error", minWidth: 220, cell: ({ visit }) => visit?.error && errorOf(visit) },
];

const cameFrom = (visit: Visit | undefined): string =>
  Object.entries(visit?.came_from ?? {})
    .map(([state, count]) => (count > 1 ? `${state} ×${count}` : state))
    .join(", ") || "–";

const errorOf = (visit: Visit): string => (visit.cause ? `${visit.error}: ${visit.cause}` : `${visit.error}`);

function Name({ row }: { row: Row }) {
  return (
    <div style={{ paddingInlineStart: row.depth * 16 }}>
      <Box fontWeight={row.visit ? "bold" : "normal"}>{row.state.name}</Box>
      <Box variant="small" display="block">
        {row.state.type}
      </Box>
    </div>
  );
}

export function StatesTable({ machine, visits }: StatesTableProps) {
  const rows = everyState(machine).map((one) => ({ ...one, visit: visits.get(one.state.name) }));
  return (
    <Table
      variant="embedded"
      items={rows}
      columnDefinitions={COLUMNS}
      trackBy={(row) => row.state.name}
      wrapLines
      ariaLabels={{ tableLabel: "States of the run" }}
      empty="No state was entered yet"
    />
  );
}

interface StatesTableProps {
  machine: Machine;
  visits: Visits;
}
