// The records of one connection that were set aside; some or all of them are handed over again.

import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { api, type Model } from "../../api/client";
import { useMe } from "../../api/me";
import { Choice } from "../../parts/Choice";
import { ConnectionChoice } from "../../parts/ConnectionChoice";
import { Empty } from "../../parts/Empty";
import { Filters } from "../../parts/Filters";
import { Go } from "../../parts/Go";
import { Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Faults } from "../../parts/Trouble";
import { useFilters } from "../../parts/useFilters";
import { usePages } from "../../parts/usePages";
import { useHealth } from "../connections/useHealth";
import { faultsOf } from "./faults";
import { ReplayButton } from "./Replaying";
import { wantedOf } from "./wanted";

type Aside = Model<"QuarantinedSummary">;

const REFRESH = 10_000;

const columnsOf = (connection: string): TableProps.ColumnDefinition<Aside>[] => [
  {
    id: "record",
    header: "Record",
    isRowHeader: true,
    minWidth: 150,
    cell: (one) => (
      <Go to={`/quarantine/${connection}/${one.stream}/${encodeURIComponent(one.id)}`}>
        {one.source_id ?? "without an id"}
      </Go>
    ),
  },
  { id: "stream", header: "Stream", minWidth: 110, cell: (one) => one.stream },
  {
    id: "faults",
    header: "What is wrong",
    minWidth: 260,
    cell: (one) => <Faults of={faultsOf(one)} />,
  },
  {
    id: "run",
    header: "Set aside by",
    minWidth: 160,
    cell: (one) => <Go to={`/runs/${one.run}`}>{one.run}</Go>,
  },
];

const WAITING: TableProps.ColumnDefinition<Model<"HealthModel">>[] = [
  {
    id: "connection",
    header: "Connection",
    isRowHeader: true,
    cell: (one) => <Go to={`/quarantine?connection=${one.connection}`}>{one.connection}</Go>,
  },
  { id: "streams", header: "Streams", cell: (one) => one.quarantined.join(", ") },
];

export function QuarantineList() {
  const filters = useFilters();
  const connection = filters.get("connection");
  return (
    <Page
      title="Quarantine"
      description="Records that could not be vouched for. They wait here, none of them was published or dropped."
    >
      {connection === "" ? (
        <WhichOne />
      ) : (
        <Records key={`${connection} ${filters.get("stream")}`} connection={connection} />
      )}
    </Page>
  );
}

function Records({ connection }: { connection: string }) {
  const filters = useFilters();
  const pages = usePages(filters.key);
  const { may } = useMe();
  const [chosen, setChosen] = useState<Aside[]>([]);
  const query = api.useQuery(
    "get",
    "/connections/{name}/quarantine",
    {
      params: {
        path: { name: connection },
        query: { cursor: pages.cursor, stream: filters.asked("stream") },
      },
    },
    { refetchInterval: REFRESH, placeholderData: (before) => before },
  );
  const isEmpty = (query.data?.items.length ?? 0) === 0;
  const mayReplay = may("POST /connections/{name}/quarantine/replays");
  return (
    <Listing
      title="Records"
      query={query}
      columns={columnsOf(connection)}
      idOf={(one) => one.id}
      pages={pages}
      selection={
        mayReplay
          ? {
              selectionType: "multi",
              selectedItems: chosen,
              onSelectionChange: ({ detail }) => setChosen(detail.selectedItems),
            }
          : undefined
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ReplayButton connection={connection} wanted={wantedOf(chosen)} onStarted={() => setChosen([])}>
            Replay the chosen
          </ReplayButton>
          <ReplayButton
            connection={connection}
            wanted={isEmpty ? [] : [{ stream: filters.asked("stream") }]}
            onStarted={() => setChosen([])}
          >
            Replay all
          </ReplayButton>
        </SpaceBetween>
      }
      filter={<Which />}
      empty={
        <Empty
          title="Nothing is set aside"
          hint={`Every record of this ${filters.get("stream") ? "stream" : "connection"} could be handed on.`}
        />
      }
    />
  );
}

function Which() {
  const filters = useFilters();
  const connection = filters.get("connection");
  const stream = filters.get("stream");
  const streams = useHealth(connection).health?.quarantined ?? [];
  return (
    <Filters>
      <ConnectionChoice
        value={connection}
        none="Choose a connection"
        onChoose={(name) => filters.setAll({ connection: name, stream: "" })}
      />
      {connection !== "" && (
        <Choice
          label="Stream"
          none="Every stream"
          options={stream === "" || streams.includes(stream) ? streams : [stream, ...streams]}
          value={stream}
          onChoose={(name) => filters.set("stream", name)}
        />
      )}
    </Filters>
  );
}

function WhichOne() {
  return (
    <>
      <Which />
      <Waiting />
    </>
  );
}

/** The connections that have records set aside, as the overview knows them. */
function Waiting() {
  const query = api.useQuery("get", "/overview", {}, { refetchInterval: REFRESH });
  const items = query.data?.connections.filter((one) => one.quarantined.length > 0);
  return (
    <Listing
      title="Where records are set aside"
      query={{ ...query, data: items && { items } }}
      columns={WAITING}
      idOf={(one) => one.connection}
      empty={
        <Empty title="No record is set aside" hint="Every record of every connection could be handed on." />
      }
    />
  );
}
