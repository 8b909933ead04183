// What each of some runs, or replays, cost.

import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../api/client";
import { Go } from "../Go";
import { Status } from "../Status";
import { Time } from "../Time";
import { dollars } from "./money";

type RunCost = Model<"RunCostModel">;

const COLUMNS: TableProps.ColumnDefinition<RunCost>[] = [
  {
    id: "started",
    header: "Started",
    isRowHeader: true,
    minWidth: 130,
    cell: (one) => (
      <Go to={`/runs/${one.run}`}>
        <Time at={one.started_at} />
      </Go>
    ),
  },
  { id: "status", header: "Status", minWidth: 110, cell: (one) => <Status of={one.status} /> },
  { id: "trigger", header: "Started by", minWidth: 90, cell: (one) => one.trigger },
  { id: "dollars", header: "Cost", minWidth: 90, cell: (one) => `about ${dollars(one.dollars)}` },
];

export function RunCosts({ of, title, empty }: { of: RunCost[]; title: string; empty: string }) {
  return (
    <Table
      variant="embedded"
      header={<Header variant="h3">{title}</Header>}
      items={of}
      columnDefinitions={COLUMNS}
      trackBy="run"
      wrapLines
      ariaLabels={{ tableLabel: title }}
      empty={<Box color="inherit">{empty}</Box>}
    />
  );
}
