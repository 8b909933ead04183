// All runs, the newest first: by connection, status, what started them and when; with words of their errors.

import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { api } from "../../api/client";
import { useMe } from "../../api/me";
import { Choice } from "../../parts/Choice";
import { ConnectionChoice } from "../../parts/ConnectionChoice";
import { Empty } from "../../parts/Empty";
import { Filters } from "../../parts/Filters";
import { Go } from "../../parts/Go";
import { Listing } from "../../parts/Listing";
import { Page } from "../../parts/Page";
import { useFilters } from "../../parts/useFilters";
import { usePages } from "../../parts/usePages";
import { COLUMNS } from "./columns";
import { Search } from "./Search";
import { StartRun } from "./StartRun";
import { SPANS, sinceOf } from "./since";

const STATUSES = ["running", "succeeded", "continued", "held", "failed", "stopped", "lost"] as const;
const TRIGGERS = ["schedule", "manual", "continued", "replay", "backfill"] as const;
const LIVE = 3_000;
const AT_REST = 10_000;

export function RunList() {
  const { may } = useMe();
  const [starting, setStarting] = useState(false);
  const filters = useFilters();
  const pages = usePages(filters.key);
  // A cursor belongs to one question: since when is asked once for each choice, not anew with every page.
  const [since, setSince] = useState({ span: "", at: sinceOf("") });
  const span = filters.get("since");
  if (since.span !== span) {
    setSince({ span, at: sinceOf(span) });
  }
  const asked = {
    connection: filters.asked("connection"),
    status: STATUSES.find((status) => status === filters.get("status")),
    trigger: TRIGGERS.find((trigger) => trigger === filters.get("trigger")),
    text: filters.asked("text"),
    since: since.at,
    cursor: pages.cursor,
  };
  const query = api.useQuery(
    "get",
    "/runs",
    { params: { query: asked } },
    {
      refetchInterval: ({ state }) =>
        state.data?.items.some((run) => run.status === "running") ? LIVE : AT_REST,
      placeholderData: (before) => before,
    },
  );
  return (
    <Page
      title="Runs"
      description="Every run of every connection: what was read, what was handed on, and what went wrong."
      actions={
        may("POST /connections/{name}/runs") && (
          <Button variant="primary" onClick={() => setStarting(true)}>
            Start a run
          </Button>
        )
      }
    >
      <Listing
        title="Runs"
        query={query}
        columns={COLUMNS}
        idOf={(run) => run.id}
        pages={pages}
        empty={<NoRuns filtered={filters.key !== ""} />}
        filter={<RunFilters filters={filters} />}
      />
      {starting && <StartRun connection={filters.asked("connection")} onClose={() => setStarting(false)} />}
    </Page>
  );
}

function NoRuns({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return <Empty title="No run is like that" hint={<Go to="/runs">Look at all runs</Go>} />;
  }
  return (
    <Empty
      title="Nothing has run yet"
      hint="A connection runs by its schedule, or when somebody starts it."
      action={<Go to="/connections">Look at the connections</Go>}
    />
  );
}

function RunFilters({ filters }: { filters: ReturnType<typeof useFilters> }) {
  const chosen = (name: string) => ({
    value: filters.get(name),
    onChoose: (value: string) => filters.set(name, value),
  });
  return (
    <Filters>
      <ConnectionChoice {...chosen("connection")} />
      <Choice label="Status" none="Every status" options={STATUSES} {...chosen("status")} />
      <Choice
        label="Started"
        none="Of any time"
        options={SPANS.map((one) => one.name)}
        {...chosen("since")}
      />
      <Choice label="Started by" none="Started by anything" options={TRIGGERS} {...chosen("trigger")} />
      <Search label="Search in errors" {...chosen("text")} />
    </Filters>
  );
}
