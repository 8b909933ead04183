// What is paid for, how much of it, at which price; and what the estimate counts too high, or not at all.

import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../api/client";
import { dollars } from "./money";

type Line = Model<"CostLineModel">;

const COLUMNS: TableProps.ColumnDefinition<Line>[] = [
  { id: "what", header: "What is paid for", isRowHeader: true, minWidth: 240, cell: (line) => line.what },
  { id: "quantity", header: "Quantity", cell: (line) => line.quantity },
  { id: "dollars", header: "Dollars", cell: (line) => dollars(line.dollars) },
  { id: "source", header: "Price", cell: (line) => <Price line={line} /> },
];

function Price({ line }: { line: Line }) {
  return (
    <Link
      href={line.source}
      external
      externalIconAriaLabel="Opens in a new tab"
      ariaLabel={`List price of ${line.what}`}
    >
      List price
    </Link>
  );
}

export function Lines({ of, label }: { of: Model<"CostModel">; label: string }) {
  return (
    <SpaceBetween size="s">
      <Table
        variant="embedded"
        items={of.lines}
        columnDefinitions={COLUMNS}
        trackBy="what"
        wrapLines
        ariaLabels={{ tableLabel: label }}
      />
      <Notes of={of.notes} />
    </SpaceBetween>
  );
}

/** Where figures come from, or what they leave out: one small line each. */
export function Notes({ of }: { of: string[] }) {
  return (
    <ul>
      {of.map((note) => (
        <li key={note}>
          <Box variant="small">{note}</Box>
        </li>
      ))}
    </ul>
  );
}
