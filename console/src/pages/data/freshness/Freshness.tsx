// How fresh the data are and how complete: by connection and entity, and field by field for the one that is chosen.

import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { api, type Model } from "../../../api/client";
import { ConnectionChoice } from "../../../parts/ConnectionChoice";
import { Empty } from "../../../parts/Empty";
import { Go, GoButton } from "../../../parts/Go";
import { Listing } from "../../../parts/Listing";
import { Time } from "../../../parts/Time";
import { inWords } from "../../../parts/times";
import { useFilters } from "../../../parts/useFilters";
import { titleOf } from "../entities";
import { grouped, percent } from "../figures";
import { filteredBy } from "../tables/conditions";
import { Views } from "../Views";
import { Filled } from "./Filled";

export type Fresh = Model<"FreshnessModel">;

const REFRESH = 30_000;

const columnsOf = (onChoose: (one: Fresh) => void): TableProps.ColumnDefinition<Fresh>[] => [
  {
    id: "what",
    header: "Data",
    isRowHeader: true,
    minWidth: 150,
    cell: (one) => (
      <Go to={`/data/tables/${one.entity}?${filteredBy({ connection: one.connection })}`}>
        {titleOf(one.entity)}
      </Go>
    ),
  },
  {
    id: "connection",
    header: "Connection",
    minWidth: 110,
    cell: (one) => <Go to={`/connections/${one.connection}`}>{one.connection}</Go>,
  },
  { id: "state", header: "State", minWidth: 140, cell: (one) => <State of={one} /> },
  { id: "records", header: "Records", minWidth: 90, cell: (one) => grouped(String(one.records)) },
  {
    id: "complete",
    header: "Complete",
    minWidth: 150,
    cell: (one) =>
      one.completeness === null ? (
        "–"
      ) : (
        <Button
          variant="inline-link"
          ariaLabel={`${percent(one.completeness)} complete: fields of ${titleOf(one.entity)} in ${one.connection}`}
          onClick={() => onChoose(one)}
        >
          {percent(one.completeness)}
        </Button>
      ),
  },
  { id: "newest", header: "Newest change", minWidth: 120, cell: (one) => <Newest of={one} /> },
  { id: "read", header: "Last good run", minWidth: 120, cell: (one) => <Time at={one.last_good_run} /> },
];

// How much older the newest change is than the last good run: long where nothing changes, which is no fault.
function Newest({ of }: { of: Fresh }) {
  const lag = of.lag_seconds === null ? undefined : `${inWords(of.lag_seconds)} before the last good run`;
  return (
    <span title={lag}>
      <Time at={of.newest_event} />
    </span>
  );
}

function State({ of }: { of: Fresh }) {
  const [change] = Object.values(of.held);
  if (change !== undefined) {
    return (
      <StatusIndicator type="warning">
        <Go to={`/changes/${change}`}>held</Go>
      </StatusIndicator>
    );
  }
  if (of.behind) {
    return <StatusIndicator type="pending">on its way</StatusIndicator>;
  }
  if (of.last_good_run === null) {
    return of.streams.length === 0 ? (
      <StatusIndicator type="stopped">not read any more</StatusIndicator>
    ) : (
      <StatusIndicator type="pending">not read yet</StatusIndicator>
    );
  }
  return <StatusIndicator type="success">up to date</StatusIndicator>;
}

const idOf = (one: Fresh) => `${one.connection}/${one.entity}`;

export function Freshness() {
  const filters = useFilters();
  const [chosen, setChosen] = useState("");
  const query = api.useQuery(
    "get",
    "/data/freshness",
    { params: { query: { connection: filters.asked("connection") } } },
    { refetchInterval: REFRESH, placeholderData: (before) => before },
  );
  const shown = query.data?.items.find((one) => idOf(one) === chosen);
  return (
    <Views
      active="freshness"
      title="Data"
      description="How fresh the data of each connection are, and how much of what the model knows each ERP tells."
    >
      <Listing
        title="Freshness"
        query={query}
        columns={columnsOf((one) => setChosen(idOf(one)))}
        idOf={idOf}
        description={query.data && <Summary of={query.data.items} />}
        filter={
          <ConnectionChoice
            value={filters.get("connection")}
            onChoose={(name) => filters.set("connection", name)}
          />
        }
        empty={
          <Empty
            title="No connection reads anything yet"
            hint="Add a connection and let it run."
            action={<GoButton to="/connections">Connections</GoButton>}
          />
        }
      />
      {shown && <Filled of={shown} onClose={() => setChosen("")} />}
    </Views>
  );
}

function Summary({ of }: { of: Fresh[] }) {
  const behind = of.filter((one) => one.behind).length;
  const records = of.reduce((sum, one) => sum + one.records, 0);
  const cells = of.reduce((sum, one) => sum + one.records * Object.keys(one.filled).length, 0);
  const filled = of.reduce(
    (sum, one) => sum + Object.values(one.filled).reduce((few, each) => few + each, 0),
    0,
  );
  const share = cells > 0 ? `; ${percent(filled / cells)} of their fields have a value` : "";
  const late = behind > 0 ? `; ${behind} on their way` : "";
  return (
    <>{`${grouped(String(records))} records${share}${late}. Choose a share to see the fields behind it.`}</>
  );
}
