// The audit: who did what, when, how it was before, and how after.

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { api, type Model } from "../../api/client";
import { inWords } from "../../parts/actions";
import { Empty } from "../../parts/Empty";
import { Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { Time } from "../../parts/Time";
import { useFilters } from "../../parts/useFilters";
import { usePages } from "../../parts/usePages";
import { AuditFilters } from "./AuditFilters";
import { EntryDetails } from "./EntryDetails";
import { Target } from "./Target";

type Entry = Model<"EntryModel">;

const REFRESH = 10_000;

export default function AuditPage() {
  const filters = useFilters();
  const pages = usePages(filters.key);
  const [shown, setShown] = useState<Entry | null>(null);
  const query = api.useQuery(
    "get",
    "/audit",
    {
      params: {
        query: {
          connection: filters.asked("connection"),
          who: filters.asked("who"),
          action: filters.asked("action"),
          since: filters.asked("since"),
          until: filters.asked("until"),
          cursor: pages.cursor,
        },
      },
    },
    { refetchInterval: REFRESH, placeholderData: (before) => before },
  );
  return (
    <Page
      title="Audit"
      description="Who did what, in the console, by the API and on the command line. Entries are kept for 400 days, and none is taken back."
    >
      <Listing
        title="Entries"
        query={query}
        columns={columns(setShown)}
        idOf={(one) => one.id}
        pages={pages}
        filter={<AuditFilters filters={filters} />}
        empty={
          <Empty title="Nothing was done" hint="Or the filters let nothing through: choose fewer of them." />
        }
      />
      {shown && <EntryDetails entry={shown} onClose={() => setShown(null)} />}
    </Page>
  );
}

const columns = (show: (entry: Entry) => void): TableProps.ColumnDefinition<Entry>[] => [
  { id: "at", header: "When", minWidth: 110, cell: (one) => <Time at={one.at} /> },
  { id: "who", header: "Who", isRowHeader: true, cell: (one) => one.who },
  { id: "action", header: "Did what", minWidth: 180, cell: (one) => <Doing of={one} /> },
  { id: "target", header: "To what", minWidth: 160, cell: (one) => <Target of={one} /> },
  { id: "state", header: "Came to", minWidth: 120, cell: (one) => <Outcome of={one} /> },
  {
    id: "details",
    header: "Details",
    minWidth: 90,
    cell: (one) => (
      <Button
        variant="inline-link"
        ariaLabel={`Look at ${one.action} of ${one.target}`}
        onClick={() => show(one)}
      >
        Look
      </Button>
    ),
  },
];

function Doing({ of }: { of: Entry }) {
  return (
    <>
      {inWords(of.action)}
      {of.reason && <Box variant="small">because: {of.reason}</Box>}
    </>
  );
}

function Outcome({ of }: { of: Entry }) {
  if (of.state === "done") {
    return <StatusIndicator type="success">done</StatusIndicator>;
  }
  if (of.state === "failed") {
    return <StatusIndicator type="error">failed</StatusIndicator>;
  }
  return <StatusIndicator type="warning">not known how far</StatusIndicator>;
}
