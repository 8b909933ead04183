import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { api, type Model } from "../../api/client";
import { useMe } from "../../api/me";
import { Choice } from "../../parts/Choice";
import { Empty } from "../../parts/Empty";
import { Filters } from "../../parts/Filters";
import { Go, GoButton } from "../../parts/Go";
import { Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Time } from "../../parts/Time";
import { useFilters } from "../../parts/useFilters";
import { usePages } from "../../parts/usePages";
import { standingOf } from "./standing";
import { useHealths } from "./useHealth";

type Connection = Model<"ConnectionSummary">;
type Healths = Map<string, Model<"HealthModel">>;

const REFRESH = 10_000;

export function ConnectionList() {
  const { may } = useMe();
  const filters = useFilters();
  const pages = usePages(filters.key);
  const healths = useHealths();
  const query = api.useQuery(
    "get",
    "/connections",
    { params: { query: { connector: filters.asked("connector"), cursor: pages.cursor } } },
    { refetchInterval: REFRESH, placeholderData: (before) => before },
  );
  const add = may("POST /connections") && (
    <GoButton to="/connections/New" variant="primary">
      Add a connection
    </GoButton>
  );
  return (
    <Page title="Connections" description="A connection is one customer's ERP: what is read of it, and when.">
      <Listing
        title="Connections"
        query={query}
        columns={columns(healths)}
        idOf={(one) => one.name}
        pages={pages}
        actions={add}
        filter={
          <Filters>
            <OfConnector
              value={filters.get("connector")}
              onChoose={(name) => filters.set("connector", name)}
            />
          </Filters>
        }
        empty={<Nothing filtered={filters.get("connector") !== ""} add={add} />}
      />
    </Page>
  );
}

function Nothing({ filtered, add }: { filtered: boolean; add: React.ReactNode }) {
  if (filtered) {
    return <Empty title="No connection of this connector" hint="Choose every connector to see the others." />;
  }
  return (
    <Empty
      title="Nothing is connected yet"
      hint="Add the first customer's ERP: its settings are checked before they are stored."
      action={add}
    />
  );
}

function OfConnector({ value, onChoose }: { value: string; onChoose: (name: string) => void }) {
  const { data } = api.useQuery(
    "get",
    "/connectors",
    { params: { query: { limit: 200 } } },
    { staleTime: 60_000 },
  );
  const names = data?.items.map((one) => one.name) ?? [];
  const options = value && !names.includes(value) ? [value, ...names] : names;
  return (
    <Choice label="Connector" none="Every connector" options={options} value={value} onChoose={onChoose} />
  );
}

const columns = (healths: Healths): TableProps.ColumnDefinition<Connection>[] => [
  {
    id: "name",
    header: "Connection",
    isRowHeader: true,
    minWidth: 150,
    cell: (one) => (
      <>
        <Go to={`/connections/${one.name}`}>{one.name}</Go>
        <Box variant="small" display="block">
          {one.connector}
        </Box>
      </>
    ),
  },
  {
    id: "health",
    header: "Health",
    minWidth: 170,
    cell: (one) => {
      const standing = standingOf(one, healths.get(one.name));
      return <StatusIndicator type={standing.type}>{standing.text}</StatusIndicator>;
    },
  },
  {
    id: "last",
    header: "Last run",
    minWidth: 120,
    cell: (one) => <LastRun of={healths.get(one.name)} />,
  },
  {
    id: "next",
    header: "Next run",
    minWidth: 120,
    cell: (one) =>
      one.paused ? "not while paused" : <Time at={healths.get(one.name)?.next_run ?? one.next_run} />,
  },
  { id: "schedule", header: "Schedule (UTC)", minWidth: 140, cell: (one) => one.schedule ?? "by hand" },
  {
    id: "streams",
    header: "Streams",
    minWidth: 90,
    cell: (one) => (one.streams ? one.streams.length : "every one"),
  },
];

function LastRun({ of }: { of: Model<"HealthModel"> | undefined }) {
  if (!of?.last_run) {
    return <>–</>;
  }
  return (
    <Go to={`/runs/${of.last_run.id}`}>
      <Time at={of.last_run.started_at} />
    </Go>
  );
}
