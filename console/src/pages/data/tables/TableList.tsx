// Every entity of the lake: how many records it has, of which connections, and when one changed last.

import type { TableProps } from "@cloudscape-design/components/table";
import { Empty } from "../../../parts/Empty";
import { Go, GoButton } from "../../../parts/Go";
import { Listing } from "../../../parts/Listing";
import { Time } from "../../../parts/Time";
import { type Entity, useEntities } from "../entities";
import { grouped } from "../figures";
import { Views } from "../Views";
import { filteredBy } from "./conditions";

const COLUMNS: TableProps.ColumnDefinition<Entity>[] = [
  {
    id: "entity",
    header: "Table",
    isRowHeader: true,
    minWidth: 140,
    cell: (one) => <Go to={`/data/tables/${one.entity}`}>{one.title}</Go>,
  },
  { id: "records", header: "Records", minWidth: 90, cell: (one) => grouped(String(one.records)) },
  {
    id: "connections",
    header: "By connection",
    minWidth: 160,
    cell: (one) => <Connections of={one} />,
  },
  { id: "changed", header: "Last change", minWidth: 110, cell: (one) => <Time at={one.last_change} /> },
  { id: "what", header: "What it is", minWidth: 200, cell: (one) => one.description },
];

function Connections({ of }: { of: Entity }) {
  const known = Object.entries(of.connections);
  return known.length === 0 ? (
    <>–</>
  ) : (
    known.map(([name, records], index) => (
      <span key={name}>
        {index > 0 && ", "}
        <Go to={`/data/tables/${of.entity}?${filteredBy({ connection: name })}`}>{name}</Go>{" "}
        {grouped(String(records))}
      </span>
    ))
  );
}

export function TableList() {
  const query = useEntities();
  const filled = query.data?.items.filter((one) => one.records > 0 || one.last_change !== null) ?? [];
  const known = query.data && { items: filled };
  return (
    <Views
      active="tables"
      title="Data"
      description="What every ERP published, in one place: each record as it is now, with its history."
    >
      <Listing
        title="Tables"
        query={{ ...query, data: known }}
        columns={COLUMNS}
        idOf={(one) => one.entity}
        empty={
          <Empty
            title="Nothing has come yet"
            hint="What a run publishes is here a minute later. Add a connection and let it run."
            action={<GoButton to="/connections">Connections</GoButton>}
          />
        }
      />
    </Views>
  );
}
