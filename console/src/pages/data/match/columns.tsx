// The columns of companies: how sure, which records, and why.

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Model } from "../../../api/client";
import { Go } from "../../../parts/Go";
import { placeOf, titleOf } from "../entities";
import { percent } from "../figures";

type Match = Model<"MatchModel">;

export const columnsOf = (entity: string): TableProps.ColumnDefinition<Match>[] => [
  { id: "score", header: "Score", minWidth: 70, cell: (one) => percent(one.score) },
  {
    id: "records",
    header: "Records",
    isRowHeader: true,
    minWidth: 240,
    cell: (one) =>
      one.records.map((record) => <Party key={keyOf(record)} of={record} entity={entity} match={one} />),
  },
  { id: "why", header: "Why", minWidth: 240, cell: (one) => <Why of={one} /> },
];

const keyOf = (record: Model<"PartyModel">) => `${record.connection}/${record.source_id}`;

function Party({ of, entity, match }: { of: Model<"PartyModel">; entity: string; match: Match }) {
  const isDouble = match.doubles[of.connection]?.includes(of.source_id) ?? false;
  return (
    <div>
      <Go to={placeOf(entity, `${of.connection}/${entity}/${of.source_id}`)}>{of.name || of.source_id}</Go>{" "}
      <Box variant="span" color="text-body-secondary">
        {of.connection}
        {of.organisation_number ? `, ${of.organisation_number}` : ""}
      </Box>{" "}
      {isDouble && <Badge color="severity-medium">double</Badge>}
    </div>
  );
}

function Why({ of }: { of: Match }) {
  const rules = [...new Set(of.pairs.map((pair) => titleOf(pair.rule)))];
  const reasons = [...new Set(of.pairs.flatMap((pair) => pair.reasons))];
  return (
    <>
      <Box variant="strong">{rules.join(", ")}</Box>
      <div>{reasons.join("; ")}</div>
      {of.not_joined && <Box color="text-status-warning">Not joined: {of.not_joined}</Box>}
    </>
  );
}
