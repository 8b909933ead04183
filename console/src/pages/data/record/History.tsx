// A record's versions, the newest first: when each came, with which run, and what it changed.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { Time } from "../../../parts/Time";
import { titleOf } from "../entities";

type Version = Model<"RecordVersion">;
type Change = Version["changes"][number];

const COLUMNS: TableProps.ColumnDefinition<Version>[] = [
  { id: "version", header: "Version", isRowHeader: true, cell: (one) => one.version },
  { id: "time", header: "Fetched", minWidth: 120, cell: (one) => <Time at={one.time} /> },
  {
    id: "run",
    header: "Run",
    minWidth: 120,
    cell: (one) => (one.run ? <Go to={`/runs/${one.run}`}>{one.run}</Go> : "forgotten"),
  },
  { id: "what", header: "What changed", minWidth: 240, cell: (one) => <What of={one} /> },
];

export function History({ of }: { of: Model<"RecordModel"> }) {
  const left = of.version_count - of.versions.length;
  return (
    <Table
      items={of.versions}
      columnDefinitions={COLUMNS}
      trackBy={(one) => String(one.version)}
      wrapLines
      ariaLabels={{ tableLabel: "History" }}
      header={
        <Header
          variant="h2"
          counter={`(${of.version_count})`}
          description={left > 0 ? `The newest ${of.versions.length}; ${left} are older.` : undefined}
        >
          History
        </Header>
      }
    />
  );
}

function What({ of }: { of: Version }) {
  if (of.deleted) {
    return <Badge color="red">deleted in the ERP</Badge>;
  }
  if (of.version === 1) {
    return <Badge color="green">first seen</Badge>;
  }
  if (of.changes.length === 0) {
    return <Badge color="blue">back again</Badge>;
  }
  return (
    <>
      {of.changes.map((change) => (
        <Changed key={change.field} of={change} />
      ))}
    </>
  );
}

function Changed({ of }: { of: Change }) {
  return (
    <div>
      <Box variant="strong">{titleOf(of.field)}:</Box> <del>{inWords(of.before)}</del> →{" "}
      <ins>{inWords(of.after)}</ins>
    </div>
  );
}

const inWords = (value: unknown): string => {
  if (value === null || value === undefined || value === "") {
    return "nothing";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
};
