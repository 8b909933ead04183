// What became of each stream's records, and of all of them; what went wrong in one, in words.

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Empty } from "../../../parts/Empty";
import { Go } from "../../../parts/Go";
import { COUNTS, inFigures, totalOf } from "./counts";
import { StreamOutcome } from "./StreamOutcome";

type Stream = Model<"RunStreamModel">;

const URGENCY = ["failed", "held", "waiting", "reading"];

export function Streams({ run }: { run: Model<"RunModel"> }) {
  const rows = [...run.streams].sort((one, other) => urgencyOf(one) - urgencyOf(other));
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${rows.length})`}>
          Streams
        </Header>
      }
      items={rows.length > 1 ? [...rows, sumOf(rows)] : rows}
      columnDefinitions={columnsOf(run)}
      trackBy="stream"
      wrapLines
      stickyColumns={{ first: 1 }}
      ariaLabels={{ tableLabel: "Streams of the run" }}
      empty={<Empty title="No stream yet" hint="The run plans first which streams it reads." />}
    />
  );
}

// What needs a look comes first; the rest stays in its order.
function urgencyOf(stream: Stream): number {
  const found = URGENCY.indexOf(stream.outcome);
  return found < 0 ? URGENCY.length : found;
}

const SUM = "";

function sumOf(rows: Stream[]): Stream {
  const counts = totalOf(rows.map((row) => row.counts));
  return {
    stream: SUM,
    outcome: SUM,
    counts,
    records_fetched: 0,
    error: null,
    cause: null,
    note: "",
    advice: null,
  };
}

function columnsOf(run: Model<"RunModel">): TableProps.ColumnDefinition<Stream>[] {
  const columns: TableProps.ColumnDefinition<Stream>[] = [
    { id: "stream", header: "Stream", isRowHeader: true, minWidth: 130, cell: (row) => <Name row={row} /> },
    {
      id: "outcome",
      header: "Outcome",
      minWidth: 150,
      cell: (row) => row.outcome && <StreamOutcome of={row.outcome} ended={run.ended_at !== null} />,
    },
  ];
  if (run.streams.some((row) => row.error || row.note)) {
    columns.push({ id: "told", header: "What to know", minWidth: 150, cell: (row) => <Told row={row} /> });
  }
  const counts = COUNTS.map(({ name }) => ({
    id: name,
    header: name[0]?.toUpperCase() + name.slice(1),
    cell: (row: Stream) => <Figure row={row} name={name} connection={run.connection ?? ""} />,
  }));
  return [...columns, ...counts];
}

const Name = ({ row }: { row: Stream }) =>
  row.stream === SUM ? <Box variant="strong">All streams</Box> : row.stream;

function Figure({ row, name, connection }: { row: Stream; name: string; connection: string }) {
  const count = row.counts[name];
  const figure = inFigures(count);
  if (row.stream === SUM) {
    return <Box variant="strong">{figure}</Box>;
  }
  if (name === "quarantined" && count) {
    return (
      <Go to={`/quarantine?connection=${encodeURIComponent(connection)}&stream=${row.stream}`}>{figure}</Go>
    );
  }
  return <Box color={count ? undefined : "text-body-secondary"}>{figure}</Box>;
}

// The whole of it stands above, with what to do.
const Told = ({ row }: { row: Stream }) => row.error ?? row.note;
