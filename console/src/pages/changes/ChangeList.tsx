import Box from "@cloudscape-design/components/box";
import type { TableProps } from "@cloudscape-design/components/table";
import { api, type Model } from "../../api/client";
import { Choice } from "../../parts/Choice";
import { ConnectionChoice } from "../../parts/ConnectionChoice";
import { Empty } from "../../parts/Empty";
import { Filters } from "../../parts/Filters";
import { Go } from "../../parts/Go";
import { Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Time } from "../../parts/Time";
import { useFilters } from "../../parts/useFilters";
import { usePages } from "../../parts/usePages";
import { ChangeState, Severity } from "./standing";

type Change = Model<"ChangeModel">;
type State = "open" | "accepted" | "rejected" | "resolved";

const STATES: readonly State[] = ["open", "accepted", "rejected", "resolved"];
const REFRESH = 10_000;

const COLUMNS: TableProps.ColumnDefinition<Change>[] = [
  {
    id: "change",
    header: "Change",
    isRowHeader: true,
    minWidth: 200,
    cell: (one) => <Go to={`/changes/${one.id}`}>{one.kind.replaceAll("_", " ")}</Go>,
  },
  { id: "where", header: "Connection and stream", minWidth: 160, cell: (one) => place(one) },
  { id: "path", header: "Field", minWidth: 140, cell: (one) => <Box variant="code">{one.path}</Box> },
  { id: "state", header: "State", cell: (one) => <ChangeState of={one} /> },
  { id: "severity", header: "Severity", cell: (one) => <Severity of={one.severity} /> },
  { id: "seen", header: "Runs", cell: (one) => one.seen },
  { id: "opened", header: "Since", cell: (one) => <Time at={one.opened_at} /> },
];

const place = (one: Change) => (one.stream ? `${one.connection} / ${one.stream}` : one.connection);

export function ChangeList() {
  const filters = useFilters();
  const pages = usePages(filters.key);
  const query = api.useQuery(
    "get",
    "/changes",
    {
      params: {
        query: {
          connection: filters.asked("connection"),
          state: STATES.find((state) => state === filters.get("state")),
          cursor: pages.cursor,
        },
      },
    },
    { refetchInterval: REFRESH, placeholderData: (before) => before },
  );
  return (
    <Page
      title="API changes"
      description="What the ERPs changed about their APIs, what Sluice did about it, and what is left to decide."
    >
      <Listing
        title="Changes"
        query={query}
        columns={COLUMNS}
        idOf={(one) => one.id}
        pages={pages}
        empty={
          <Empty
            title="No API change"
            hint="Every run compares what the ERP sends with what was relied on so far. What differs appears here."
          />
        }
        filter={
          <Filters>
            <ConnectionChoice
              value={filters.get("connection")}
              onChoose={(name) => filters.set("connection", name)}
            />
            <Choice
              label="State"
              none="Every state"
              options={STATES}
              value={filters.get("state")}
              onChoose={(state) => filters.set("state", state)}
            />
          </Filters>
        }
      />
    </Page>
  );
}
